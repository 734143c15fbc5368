import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CandidateTrial } from "#lib/core/candidate.ts";
import { attemptsOf, choose, compareTried, editSize, meritOf, type Tried } from "./decide.ts";

function trialOf(change: Partial<CandidateTrial> = {}): CandidateTrial {
  return {
    valid: true,
    errors: [],
    verdict: "passed",
    headline: "Passed.",
    targets: { total: 5, met: 5 },
    regressions: 0,
    changed: 0,
    masked: 0,
    unconfirmed: 0,
    complaints: [],
    ...change,
  };
}

function triedOf(name: string, trial: CandidateTrial | null, change: Partial<Tried> = {}): Tried {
  return { source: name, rationale: name, origin: { kind: "templates", name }, cost: 1, size: 2, trial, ...change };
}

describe("meritOf", () => {
  it.each([
    ["full", {}],
    ["full", { verdict: "inconclusive" }],
    ["partial", { verdict: "inconclusive", targets: { total: 5, met: 2 } }],
    ["unconfirmed", { verdict: "inconclusive", targets: { total: 5, met: 2 }, unconfirmed: 3 }],
    ["none", { verdict: "inconclusive", targets: { total: 5, met: 0 } }],
    ["none", { regressions: 1 }],
    ["none", { masked: 1 }],
    ["none", { valid: false }],
    ["none", { verdict: "failed" }],
    ["none", { verdict: "error" }],
    ["full", { targets: { total: 0, met: 0 } }],
    ["none", { targets: { total: 0, met: 0 }, verdict: "inconclusive" }],
  ] as const)("%s: %o", (merit, change) => {
    expect(meritOf(trialOf(change as Partial<CandidateTrial>))).toBe(merit);
  });
});

describe("choose", () => {
  it("prefers what meets more, changes fewer good answers, and is smaller", () => {
    const partial = triedOf("partial", trialOf({ verdict: "inconclusive", targets: { total: 5, met: 4 } }), {
      size: 1,
    });
    const changing = triedOf("changing", trialOf({ verdict: "inconclusive", changed: 3 }));
    const large = triedOf("large", trialOf(), { size: 40 });
    const small = triedOf("small", trialOf(), { size: 2 });
    const tried = [partial, changing, large, small];
    expect([...tried].sort(compareTried)).toEqual([small, large, changing, partial]);
    expect(choose(tried, "full")).toBe(small);
    expect(choose([partial], "full")).toBeNull();
    expect(choose([partial], "partial")).toBe(partial);
    expect(choose([], "partial")).toBeNull();
  });

  it("takes the likelier of two that are otherwise alike, whatever it changes; a hair's breadth decides nothing", () => {
    const likely = triedOf("likely", trialOf({ verdict: "inconclusive", rank: 0.8, changed: 30 }), { size: 9 });
    const unlikely = triedOf("unlikely", trialOf({ verdict: "inconclusive", rank: 0.2 }));
    expect(choose([unlikely, likely], "full")).toBe(likely);
    const passed = triedOf("passed", trialOf({ rank: 0.1 }));
    expect(choose([likely, passed], "full")).toBe(passed);
    const [a, b] = [0.52, 0.53].map((rank) =>
      triedOf(String(rank), trialOf({ rank }), { cost: rank === 0.52 ? 1 : 2 }),
    );
    expect([b, a].sort((one, other) => compareTried(one as Tried, other as Tried))).toEqual([a, b]);
  });

  it("never proposes what regresses, masks or does not load, whatever else is there", () => {
    const trial = fc.record({
      valid: fc.boolean(),
      verdict: fc.constantFrom("passed", "failed", "inconclusive", "error"),
      regressions: fc.nat(2),
      masked: fc.nat(2),
      unconfirmed: fc.nat(2),
      changed: fc.nat(2),
      met: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(trial), (trials) => {
        const tried = trials.map(({ met, ...rest }, at) =>
          triedOf(String(at), trialOf({ ...(rest as Partial<CandidateTrial>), targets: { total: 3, met } }), {
            cost: at,
          }),
        );
        const best = choose(tried, "partial");
        if (best === null) return;
        expect(best.trial).toMatchObject({ valid: true, regressions: 0, masked: 0 });
        expect(["passed", "inconclusive"]).toContain(best.trial?.verdict);
        for (const other of tried) if (meritOf(other.trial) === "full") expect(meritOf(best.trial)).toBe("full");
      }),
    );
  });
});

describe("attemptsOf", () => {
  it("says what became of each try, the proposed one first", () => {
    const best = triedOf("best", trialOf());
    const tried = [
      triedOf("broken", trialOf({ valid: false, verdict: "failed", errors: ["Line 3: ';' expected."] })),
      triedOf("worse", trialOf({ verdict: "failed", headline: "Failed: 2 regressions.", regressions: 2 })),
      triedOf("useless", trialOf({ verdict: "inconclusive", targets: { total: 5, met: 0 } })),
      triedOf("other", trialOf(), { size: 9 }),
      triedOf("empty", null, { problem: "No code." }),
      best,
    ];
    const attempts = attemptsOf(tried, best);
    expect(Object.fromEntries(attempts.map(({ source, outcome }) => [source, outcome]))).toEqual({
      best: "proposed",
      other: "kept",
      broken: "invalid",
      empty: "invalid",
      worse: "failed",
      useless: "not_better",
    });
    expect(attempts[0]?.source).toBe("best");
    expect(attempts.find(({ source }) => source === "broken")?.detail).toBe("Line 3: ';' expected.");
    expect(attempts.find(({ source }) => source === "worse")).toMatchObject({ met: 5, regressions: 2 });
  });
});

it("keeps what a model answered before the edits of a search, what holds no tool as well", () => {
  const edits = Array.from({ length: 40 }, (_, index) => triedOf(`edit ${index}`, trialOf({ verdict: "failed" })));
  const origin = { kind: "model" as const, name: "m", host: "h" };
  const chatter = triedOf("", null, { origin, problem: "There is no code in the answer." });
  const attempts = attemptsOf([...edits, chatter], null);
  expect(attempts).toHaveLength(24);
  expect(attempts.filter((one) => one.origin.kind === "model")).toMatchObject([
    { outcome: "invalid", detail: "There is no code in the answer." },
  ]);
});

it("counts lines of an edit on both sides", () => {
  expect(editSize("a\nb\nc\n", "a\nB\nc\nd\n")).toBe(3);
});
