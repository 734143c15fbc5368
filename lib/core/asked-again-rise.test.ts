/** Error rates by simulated traffic. WHETSTONE_SIMULATIONS asks for more tools of each kind than CI has time for. */
import { describe, expect, test } from "vitest";
import { DAILY, doubted, START, type Traffic, trafficOf } from "./asked-again.fixture.ts";
import { type Answer, pairAnswers, type RecordedCall } from "./asked-again.ts";
import { findAskedAgain } from "./asked-again-rise.ts";
import type { Json } from "./json.ts";
import { seededRandom } from "./random.ts";
import { clopperPearson } from "./statistics.ts";

const TOOLS = Number(process.env.WHETSTONE_SIMULATIONS || 1);
const HOUR_MS = 3_600_000;
const upTo = (answers: readonly Answer[], hour: number) => {
  const until = START + hour * HOUR_MS;
  return answers.filter(({ first: { startedAt } }) => {
    const at = startedAt.getTime();
    return at < until && at >= until - 168 * HOUR_MS;
  });
};

describe("ordinary traffic is never a rise", () => {
  const daily = { days: 8, perDay: 50, callers: [DAILY, DAILY, DAILY, DAILY] };
  const TRAFFIC: Record<string, Traffic> = {
    "the same every day": daily,
    "callers that always work in series": {
      ...daily,
      callers: [DAILY, { list: 1 }, { facets: 3, once: 2 }, { pages: 1, once: 1 }, { polling: 1, sweep: 1 }],
    },
    "evenings of batches": {
      ...daily,
      evenings: { mix: { list: 2, sweep: 1, "side by side": 1, once: 2, facets: 0.2 }, times: 4 },
    },
    "evenings in twos and threes": { ...daily, evenings: { mix: { once: 1, facets: 1 }, times: 2 } },
    bursts: { ...daily, perDay: 40, bursts: 20 },
  };
  test(`fewer than one false suspicion in 200 tool-days, in ${TOOLS} tools of each kind`, { timeout: 900_000 }, () => {
    let [falsely, days] = [0, 0];
    for (const [name, traffic] of Object.entries(TRAFFIC)) {
      let ofKind = 0;
      for (let tool = 1; tool <= TOOLS; tool += 1) {
        const answers = pairAnswers(trafficOf(seededRandom(tool), traffic));
        let there = false;
        for (let hour = 9; hour <= traffic.days * 24; hour += 21) {
          const found = findAskedAgain(upTo(answers, hour), 1) !== null;
          if (found && !there) ofKind += 1;
          there = found;
        }
        days += traffic.days;
      }
      if (process.env.WHETSTONE_SIMULATIONS)
        process.stderr.write(`${name}: ${ofKind} in ${TOOLS * traffic.days} tool-days\n`);
      falsely += ofKind;
    }
    expect(clopperPearson(falsely, days, 0.05, "lower")).toBeLessThanOrEqual(0.005);
  });
});

describe("answers that callers doubt", () => {
  const FROM = 2;
  const daily = { days: 4, perDay: 60, callers: [DAILY, DAILY, DAILY, DAILY] };
  type Doubt = { share: number; of: (call: RecordedCall) => boolean };
  const input = ({ input: asked }: RecordedCall) => asked as { [name: string]: Json };

  /** How many answers in question were there when it was found, and what was said of them. */
  function search(seed: number, { share, of }: Doubt, version = 1) {
    const random = seededRandom(seed);
    const began = new Date(START + FROM * 24 * HOUR_MS);
    const calls = doubted(random, trafficOf(random, daily), { from: FROM, share, of }).map((call) =>
      call.startedAt >= began ? { ...call, version } : call,
    );
    const answers = pairAnswers(calls);
    const doubtful = answers.filter(({ first }) => first.startedAt >= began && of(first));
    for (let number = 4; number < doubtful.length; number += 4) {
      const last = (doubtful[number] as Answer).first.startedAt;
      const found = findAskedAgain(
        answers.filter(({ first }) => first.startedAt <= last),
        version,
      );
      if (found !== null) return { number, found };
    }
    return null;
  }
  const francs: Doubt = { share: 0.7, of: (call) => input(call).currency === "CHF" };

  test("of one value are found, with what they have in common, in how many answers, and against which others", () => {
    const delays = Array.from({ length: TOOLS + 2 }, (_, tool) => {
      const { number, found } = search(100 + tool, francs) ?? { number: Number.POSITIVE_INFINITY, found: null };
      expect(found?.kind ?? '/currency is "CHF"').toBe('/currency is "CHF"');
      expect(found?.callers).toBeGreaterThanOrEqual(2);
      expect(found?.asked).toHaveLength(found?.now.bad ?? 0);
      return number;
    });
    const median = delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? 0;
    if (process.env.WHETSTONE_SIMULATIONS)
      process.stderr.write(`one value: ${median} answers in the median, ${delays.at(-1)} at the most\n`);
    expect(median).toBeLessThanOrEqual(30);
  });

  test("of a size of numbers, or all since a version, are found too", () => {
    const small = search(7, { share: 0.7, of: (call) => Number(input(call).amount) < 100 });
    expect(small?.found.kind).toBe("/amount is below 100");
    const all = search(7, { share: 0.5, of: () => true }, 2);
    expect(all?.found.kind).toBeNull();
    expect(all?.number).toBeLessThanOrEqual(60);
    expect(all?.found.since.getTime()).toBeGreaterThanOrEqual(START + FROM * 24 * HOUR_MS);
  });

  test("by one caller alone are its habit", () => {
    expect(search(3, { share: 0.9, of: ({ caller }) => caller === "agent-0" })).toBeNull();
  });

  test("from the first call on have nothing to be held against", () => {
    const random = seededRandom(5);
    const calls = doubted(random, trafficOf(random, { ...daily, days: 3 }), { from: 0, ...francs });
    expect(findAskedAgain(pairAnswers(calls), 1)).toBeNull();
  });

  test("are no matter any more when it is over", () => {
    const random = seededRandom(11);
    const calls = doubted(random, trafficOf(random, daily), { from: FROM, ...francs });
    const over = START + (FROM + 1) * 24 * HOUR_MS;
    const answers = pairAnswers(
      calls.filter(({ id, startedAt }) => startedAt.getTime() < over || !id.endsWith("again")),
    );
    expect(findAskedAgain(upTo(answers, 24 * (FROM + 1)), 1)).not.toBeNull();
    expect(findAskedAgain(answers, 1)).toBeNull();
  });
});
