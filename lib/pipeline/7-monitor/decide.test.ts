import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { watched } from "./decide.ts";
import { lookAt, tallyOf, tallyWith, verdictOf } from "./tally.fixture.ts";

const BEFORE = tallyOf(20_000, 200);

describe("decide", () => {
  it("stops where another version answers, whatever the calls say", () => {
    expect(verdictOf(tallyOf(100, 100), BEFORE, { standing: false })).toBe("stopped");
  });

  it("calls more failures a regression, with both counts", () => {
    const look = lookAt(tallyOf(20, 8), BEFORE);
    expect(look.verdict).toBe("regressed");
    expect(look.detail).toContain("8 of 20 calls failed; before, 200 of 20000 did.");
  });

  it("leaves open what a few calls cannot decide", () => {
    expect(verdictOf(tallyOf(2, 1), BEFORE)).toBe("watching");
    // Two of three failing says little against a baseline of five calls.
    expect(verdictOf(tallyOf(3, 2), tallyOf(5, 1))).toBe("watching");
    expect(verdictOf(tallyOf(5, 0), BEFORE, { hours: 25 })).toBe("inconclusive");
    expect(lookAt(tallyOf(5, 0), BEFORE, { hours: 25 }).detail).toMatch(
      /5 calls in 24 hours cannot tell: up to \d+ points/,
    );
    expect(verdictOf(tallyWith(), BEFORE, { hours: 25 })).toBe("inconclusive");
  });

  it("is healthy after enough calls, or after its hours with calls that rule harm out", () => {
    expect(verdictOf(tallyOf(499, 4), BEFORE)).toBe("watching");
    expect(verdictOf(tallyOf(500, 4), BEFORE)).toBe("healthy");
    expect(verdictOf(tallyOf(80, 0), BEFORE, { hours: 25 })).toBe("healthy");
    // A limit of few calls is reached, yet they rule nothing out: it goes on watching.
    expect(verdictOf(tallyOf(10, 0), BEFORE, { limits: { calls: 10, hours: 24 } })).toBe("watching");
  });

  it("says at its limit what goes on, with the count that the limit is held against", () => {
    const now = tallyWith({ succeeded: 21, refused: 4 });
    const look = lookAt(now, BEFORE, { limits: { calls: 20, hours: 24 } });
    expect(look.verdict).toBe("watching");
    expect(look.detail).toMatch(
      /^The limit of 20 calls is reached, and its 25 calls cannot tell: up to \d+ points more may fail than before\. The watch goes on until they can, at most for 24 hours, then asks\.$/,
    );
    expect(watched({ now, schemaChanged: false })).toBe(25);
    expect(watched({ now: tallyWith({ succeeded: 21, rejected: 4 }), schemaChanged: false })).toBe(21);
  });

  it("measures by the target where nothing was called before", () => {
    const limits = { limits: { calls: 500, hours: 24 } };
    expect(verdictOf(tallyOf(500, 0), tallyWith({ p95Ms: 0 }), limits)).toBe("healthy");
    expect(verdictOf(tallyOf(500, 30), tallyWith({ p95Ms: 0 }), { hours: 25 })).toBe("healthy");
    const look = lookAt(tallyOf(100, 100), tallyWith({ p95Ms: 0 }), limits);
    expect(look).toEqual({
      verdict: "regressed",
      detail:
        "100 of 100 calls failed; the version before it answered no calls, so they are held against the target of 99 %.",
    });
    // As soon as the decision says: all of 4 calls failing, half of 13, three in ten of 52.
    const nothing = tallyWith({ p95Ms: 0 });
    const firstAt = (share: number): number => {
      let calls = 1;
      while (verdictOf(tallyOf(calls, Math.round(calls * share)), nothing, limits) !== "regressed") calls += 1;
      return calls;
    };
    expect([1, 0.5, 0.3].map(firstAt)).toEqual([4, 13, 52]);
  });

  it("measures by the target where next to nothing was called before, and none of it failed", () => {
    expect(verdictOf(tallyOf(40, 20), tallyOf(12, 0))).toBe("regressed");
    // One that failed before speaks for a tool that fails.
    expect(verdictOf(tallyOf(40, 20), tallyOf(12, 5))).toBe("watching");
  });

  it("counts failures that became refusals as no rise, and new refusals as one", () => {
    const failing = tallyOf(1_000, 300);
    expect(verdictOf(tallyWith({ succeeded: 70, refused: 30 }), failing)).toBe("watching");
    const look = lookAt(tallyWith({ succeeded: 60, refused: 40 }), BEFORE);
    expect(look).toMatchObject({ verdict: "regressed", detail: expect.stringContaining("40 of them turned away") });
  });

  it("blames rejected inputs on the version only where its schema changed", () => {
    const now = tallyWith({ succeeded: 60, rejected: 40 });
    expect(verdictOf(now, BEFORE)).toBe("watching");
    expect(verdictOf(now, BEFORE, { schemaChanged: true })).toBe("regressed");
  });

  it("sees slow answers where clearly more are slow than before", () => {
    const quick = tallyOf(20_000, 0, "known", { slow: 40 });
    expect(lookAt(tallyOf(60, 0, "known", { slow: 30 }), quick)).toMatchObject({
      verdict: "regressed",
      detail: expect.stringContaining("30 of 60 answers took longer than 30 ms"),
    });
    expect(verdictOf(tallyOf(60, 0, "known", { slow: 1 }), quick)).toBe("watching");
  });

  it("sees a failure of a new kind although fewer calls fail than before", () => {
    const before = tallyOf(20_000, 10_000);
    const look = lookAt(tallyOf(120, 50, "never seen"), before);
    expect(look).toMatchObject({
      verdict: "regressed",
      detail: "50 of 120 calls failed in a way that the version before never did.",
    });
    expect(verdictOf(tallyOf(120, 50), before)).toBe("watching");
    expect(verdictOf(tallyOf(120, 4, "never seen"), before)).toBe("watching");
  });

  it("judges no class as new where the list of known ones was cut off", () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ cluster: `c${index}`, calls: 20 }));
    const before = { ...tallyOf(20_000, 10_000), classes: many };
    expect(verdictOf(tallyOf(120, 50, "never seen"), before)).toBe("watching");
  });
});

const count = fc.integer({ min: 0, max: 400 });
const tally = fc
  .record({ succeeded: count, failed: count, refused: count, slowShare: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ succeeded, failed, refused, slowShare }) =>
    tallyWith({
      succeeded,
      failed,
      refused,
      slow: Math.floor(succeeded * slowShare),
      classes: failed === 0 ? [] : [{ cluster: "known", calls: failed }],
    }),
  );

describe("every look", () => {
  it("never calls a version worse that did as well as its baseline or better", () => {
    fc.assert(
      fc.property(tally, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 4 }), (before, better, share) => {
        const now = {
          ...before,
          succeeded: Math.floor(before.succeeded / share) + better,
          failed: Math.floor(before.failed / share),
          refused: Math.floor(before.refused / share),
          slow: Math.floor(before.slow / share),
          timed: Math.floor(before.succeeded / share) + better,
        };
        fc.pre(now.failed * before.succeeded <= before.failed * now.succeeded);
        fc.pre((now.failed + now.refused) * before.succeeded <= (before.failed + before.refused) * now.succeeded);
        fc.pre(now.slow * before.succeeded <= before.slow * now.succeeded);
        expect(verdictOf(now, before)).not.toBe("regressed");
      }),
      { numRuns: 60 },
    );
  });

  it("stays with its verdict when more calls fail", () => {
    fc.assert(
      fc.property(tally, tally, fc.integer({ min: 1, max: 50 }), (before, now, more) => {
        fc.pre(verdictOf(now, before) === "regressed" && now.failed > 0);
        const worse = { ...now, failed: now.failed + more, classes: [{ cluster: "known", calls: now.failed + more }] };
        const slowAlone = now.slow * before.succeeded > before.slow * now.succeeded;
        fc.pre(!slowAlone);
        expect(verdictOf(worse, before)).toBe("regressed");
      }),
      { numRuns: 60 },
    );
  });

  it("ends by its hours, whatever it saw", () => {
    fc.assert(
      fc.property(tally, tally, (before, now) => {
        expect(verdictOf(now, before, { hours: 24 })).not.toBe("watching");
      }),
      { numRuns: 60 },
    );
  });
});
