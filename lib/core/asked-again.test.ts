import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callAt, type Work, workAt } from "./asked-again.fixture.ts";
import { pairAnswers, type RecordedCall } from "./asked-again.ts";
import type { Json } from "./json.ts";
import { seededRandom } from "./random.ts";

/** Other traffic of the tool, so that what is common in its inputs is known to be. */
const OTHERS = Array.from({ length: 40 }, (_, index) =>
  callAt(-10_000 + index * 100, "other", {
    query: `thing ${index} of ${index * 7}`,
    unit: "kg",
    page: 1 + (index % 3),
  }),
);
const ask = (...calls: RecordedCall[]) =>
  pairAnswers([...calls, ...OTHERS])
    .filter(({ first }) => first.caller !== "other")
    .map(({ first, next }) => [first.input, next?.input ?? null]);
const query = (text: string, more: Record<string, Json> = {}) => ({ query: text, unit: "kg", page: 1, ...more });
const [FLOUR, NEARLY, SUGAR] = [query("finest wheat flour"), query("finest wheat flour please"), query("brown sugar")];

describe("an answer is asked again", () => {
  test("when the same caller sends nearly the same input within a minute of a good answer", () => {
    expect(ask(callAt(0, "a", FLOUR), callAt(20, "a", NEARLY))).toEqual([[FLOUR, NEARLY]]);
    expect(ask(callAt(0, "a", FLOUR), callAt(20, "a", query("finest wheat flour", { unit: "lb" })))).toHaveLength(1);
    // Between them it may ask for something else, as sessions do that share a key.
    expect(ask(callAt(0, "a", FLOUR), callAt(5, "a", SUGAR), callAt(20, "a", NEARLY))).toEqual([
      [FLOUR, NEARLY],
      [SUGAR, null],
    ]);
  });

  test("not by another caller, not later, not with the same or another input, not after a failure", () => {
    const contents = (...calls: RecordedCall[]) => ask(...calls).every(([, next]) => next === null);
    expect(contents(callAt(0, "a", FLOUR), callAt(20, "b", NEARLY))).toBe(true);
    expect(contents(callAt(0, "a", FLOUR), callAt(61, "a", NEARLY))).toBe(true);
    expect(contents(callAt(0, "a", FLOUR), callAt(20, "a", SUGAR))).toBe(true);
    expect(ask(callAt(0, "a", FLOUR), callAt(20, "a", FLOUR), callAt(40, "a", FLOUR))).toEqual([[FLOUR, null]]);
    expect(ask(callAt(0, "a", FLOUR, { status: "failed" }), callAt(20, "a", NEARLY))).toEqual([]);
  });

  test("not where somebody called the answer right", () => {
    const first = callAt(0, "a", FLOUR);
    const calls = [first, callAt(20, "a", NEARLY), ...OTHERS];
    expect(pairAnswers(calls).some(({ next }) => next !== null)).toBe(true);
    expect(pairAnswers(calls, new Set([first.id])).some(({ next }) => next !== null)).toBe(false);
  });
});

describe("a series says nothing, neither for nor against", () => {
  test("pages, a value out of the answer before, calls side by side", () => {
    expect(ask(callAt(0, "a", FLOUR), callAt(3, "a", { ...FLOUR, page: 2 }))).toEqual([]);
    const found = callAt(0, "a", FLOUR, { output: { next: "c81f" } });
    expect(ask(found, callAt(3, "a", { ...FLOUR, cursor: "c81f" }))).toEqual([]);
    expect(ask(callAt(0, "a", FLOUR), callAt(0.2, "a", NEARLY))).toEqual([]);
  });

  test("of any kind of work in series, drawn at random, no answer is asked again", () => {
    const series: Work[] = ["list", "polling", "sweep", "side by side"];
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.constantFrom(...series), { minLength: 1, maxLength: 12 }),
        (seed, kinds) => {
          const random = seededRandom(seed);
          const works = kinds.flatMap((kind, index) => workAt(random, kind, index * 600, `agent-${index % 3}`));
          const others = Array.from({ length: 60 }, (_, index) =>
            workAt(random, "once", index * 120, "another"),
          ).flat();
          expect(pairAnswers([...works, ...others]).filter(({ next }) => next !== null)).toEqual([]);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test("whatever calls come in, in any order: each is of one answer at the most, and the order does not matter", () => {
    const call = fc.record({
      at: fc.integer({ min: 0, max: 600 }),
      caller: fc.constantFrom("a", "b"),
      input: fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 25 }), fc.integer(), (drawn, seed) => {
        const calls = drawn.map(({ at, caller, input }) => callAt(at, caller, input));
        const answers = pairAnswers(calls);
        const used = answers.flatMap(({ first, next }) => (next === null ? [first.id] : [first.id, next.id]));
        expect(new Set(used).size).toBe(used.length);
        const random = seededRandom(seed);
        const shuffled = calls.map((one) => ({ one, key: random() })).sort((x, y) => x.key - y.key);
        expect(pairAnswers(shuffled.map(({ one }) => one))).toEqual(answers);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
