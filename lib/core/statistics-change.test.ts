import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "./random.ts";
import type { Tally } from "./sequential.ts";
import { currentStretch, findChange, findEpisode, stratifiedTail } from "./statistics-change.ts";

/** Slices of traffic: `load` calls each, a share of them bad. */
function series(
  random: () => number,
  parts: readonly { slices: number; load: () => number; share: number }[],
): Tally[] {
  return parts.flatMap(({ slices, load, share }) =>
    Array.from({ length: slices }, () => {
      const calls = load();
      let bad = 0;
      for (let call = 0; call < calls; call += 1) if (random() < share) bad += 1;
      return { calls, bad };
    }),
  );
}

describe("findChange", () => {
  test("finds a planted change near where it was planted", () => {
    const random = seededRandom(1);
    const slices = series(random, [
      { slices: 120, load: () => 20, share: 0.01 },
      { slices: 48, load: () => 20, share: 0.1 },
    ]);
    const change = findChange(slices, 0.001);
    expect(change?.direction).toBe("worse");
    expect(Math.abs((change?.index ?? 0) - 120)).toBeLessThanOrEqual(5);
    expect((change?.after.bad ?? 0) / (change?.after.calls ?? 1)).toBeCloseTo(0.1, 1);
  });

  test("seasonal or bursty traffic alone does not fire", () => {
    const random = seededRandom(2);
    let fired = 0;
    for (let run = 0; run < 400; run += 1) {
      let hour = 0;
      const share = [0.01, 0.05, 0.3][run % 3] as number;
      const slices = series(random, [
        {
          slices: 168,
          // Days and nights, quiet week-ends, and now and then a hundredfold burst.
          load: () => {
            hour += 1;
            const day = hour % 24 > 7 && hour % 24 < 20 ? 12 : 1;
            return random() < 0.02 ? day * 40 : Math.round(day * (hour % 168 > 120 ? 0.2 : 1));
          },
          share,
        },
      ]);
      if (findChange(slices, 0.001)) fired += 1;
    }
    expect(fired).toBeLessThanOrEqual(2);
  });

  test("is silent where nothing failed, everything failed or nothing was called", () => {
    expect(findChange([], 0.5)).toBeNull();
    expect(
      findChange(
        [
          { calls: 10, bad: 0 },
          { calls: 10, bad: 0 },
        ],
        0.5,
      ),
    ).toBeNull();
    expect(
      findChange(
        [
          { calls: 5, bad: 5 },
          { calls: 5, bad: 5 },
        ],
        0.5,
      ),
    ).toBeNull();
    expect(
      findChange(
        [
          { calls: 0, bad: 0 },
          { calls: 5, bad: 2 },
        ],
        0.5,
      ),
    ).toBeNull();
  });

  test("its parts always add up to the whole", () => {
    const slice = fc.nat(30).chain((calls) => fc.record({ calls: fc.constant(calls), bad: fc.nat(calls) }));
    fc.assert(
      fc.property(fc.array(slice, { maxLength: 60 }), (slices) => {
        const change = findChange(slices, 1);
        if (change === null) return;
        const [calls, bad] = [slices.reduce((n, s) => n + s.calls, 0), slices.reduce((n, s) => n + s.bad, 0)];
        expect(change.before.calls + change.after.calls).toBe(calls);
        expect(change.before.bad + change.after.bad).toBe(bad);
        expect(change.pValue).toBeLessThanOrEqual(1);
        expect(currentStretch(slices, 0.001).start).toBeLessThan(Math.max(1, slices.length));
      }),
    );
  });
});

describe("findEpisode", () => {
  const good = (slices: number, share = 0) => ({ slices, load: () => 5, share });

  test("tells a short outage by its beginning, where no single split shows it", () => {
    const slices = series(seededRandom(3), [good(80), { slices: 2, load: () => 30, share: 1 }, good(100)]);
    expect(findChange(slices, 0.001)).toBeNull();
    expect(findEpisode(slices, 0.001)).toMatchObject({ index: 80, direction: "worse", before: { calls: 400, bad: 0 } });
    expect(findEpisode(slices.slice(80), 0.001)).toMatchObject({ index: 2, direction: "better" });
  });

  test("steady, seasonal and bursty traffic does not fire, nor do bursts of failures that are the rule", () => {
    const random = seededRandom(5);
    let fired = 0;
    for (let run = 0; run < 400; run += 1) {
      const share = [0.01, 0.05, 0.3][run % 3] as number;
      const load = () => (random() < 0.02 ? 200 : Math.round(random() * 12));
      if (findEpisode(series(random, [{ slices: 168, load, share }]), 0.001)) fired += 1;
    }
    expect(fired).toBeLessThanOrEqual(2);
    const burst = { slices: 1, load: () => 20, share: 0.5 };
    const week = Array.from({ length: 14 }, () => [good(10), burst]).flat();
    expect(findEpisode(series(random, week), 0.001)).toBeNull();
  });

  test("is silent where there is nothing to tell apart", () => {
    for (const slices of [[], [{ calls: 3, bad: 0 }], [{ calls: 3, bad: 3 }], [{ calls: 0, bad: 0 }]])
      expect(findEpisode(slices, 0.5)).toBeNull();
  });
});

test("an outage that is over leaves the stretch after it", () => {
  const random = seededRandom(4);
  const slices = series(random, [
    { slices: 100, load: () => 20, share: 0.005 },
    { slices: 3, load: () => 20, share: 0.9 },
    { slices: 30, load: () => 20, share: 0.005 },
  ]);
  const stretch = currentStretch(slices, 0.001);
  expect(stretch.start).toBe(103);
  expect(stretch.change?.direction).toBe("better");
  expect(stretch.tally.calls).toBe(600);
});

describe("strata", () => {
  const part = (before: readonly [bad: number, calls: number], after: readonly [bad: number, calls: number]) => ({
    before: { bad: before[0], calls: before[1] },
    after: { bad: after[0], calls: after[1] },
  });

  test("one of them is the exact test of a fourfold table", () => {
    // Fisher's tea: 4 of 4 against 0 of 4 is one in C(8, 4).
    expect(stratifiedTail([part([0, 4], [4, 4])])).toBeCloseTo(1 / 70, 12);
    expect(stratifiedTail([part([4, 4], [0, 4])])).toBeCloseTo(1, 12);
  });

  test("independent parts multiply at their ends, and one without calls before says nothing", () => {
    const parts = [part([0, 4], [4, 4]), part([0, 3], [3, 3])];
    expect(stratifiedTail(parts)).toBeCloseTo(1 / 70 / 20, 12);
    expect(stratifiedTail([...parts, part([0, 0], [5, 9])])).toBeCloseTo(1 / 70 / 20, 12);
    expect(stratifiedTail([])).toBe(1);
  });

  test("a part that always had its share does not make a rise of a mixture", () => {
    // Pooled it rose from 10 of 110 to 50 of 110; each part stayed as it was.
    expect(stratifiedTail([part([0, 100], [0, 10]), part([5, 10], [50, 100])])).toBeGreaterThan(0.5);
  });
});
