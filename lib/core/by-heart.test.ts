import { describe, expect, it } from "vitest";
import { isByHeart, writtenByHeart } from "./by-heart.ts";

const tool = (run: string, cases = "[]") => `import { defineTool } from "whetstone";
export default defineTool({
  name: "t",
  testCases: ${cases},
  run(input) { ${run} },
});`;
const BASE = tool("return { result: input.n * 2 };");
const CASES = [5, 7, 11, 13].map((n) => ({ input: { n }, right: { result: n * n } }));

describe("answers by heart", () => {
  it.each([
    ["a mended rule", "return { result: input.n * input.n };", false],
    ["a rule with a constant of its own", "return { result: input.n ** 2 + 0 * 97 };", false],
    ["a table of answers", "return { result: { 5: 25, 7: 49, 11: 121, 13: 169 }[input.n] ?? 0 };", true],
    ["a chain of ifs", "if (input.n === 5) return 1; if (input.n === 7) return 2; if (input.n === 11) return 3;", true],
    ["keys as text", 'const known = { "{\\"n\\":5}": 1, "{\\"n\\":7}": 1, "{\\"n\\":11}": 1 };', true],
    ["many constants", `const hashes = [${Array.from({ length: 20 }, (_, i) => 1000 + i).join(", ")}];`, true],
  ])("%s", (_, run, found) => {
    expect(isByHeart(writtenByHeart(BASE, tool(run), CASES))).toBe(found);
  });

  it("does not mind cases that the candidate adds, nor what the base wrote already", () => {
    const cases = JSON.stringify(CASES.map(({ input, right }) => ({ input, expectedOutput: right })));
    expect(isByHeart(writtenByHeart(BASE, tool("return { result: input.n ** 2 };", cases), CASES))).toBe(false);
    const table = tool("return { result: { 5: 25, 7: 49, 11: 121 }[input.n] };");
    expect(isByHeart(writtenByHeart(table, `${table}// more`, CASES))).toBe(false);
  });

  it("takes one answer to many inputs for a special case, and a table of inputs for a table whatever it answers", () => {
    const same = [5, 7, 11, 13].map((n) => ({ input: { n }, right: { kind: "none" } }));
    expect(isByHeart(writtenByHeart(BASE, tool('if (input.n > 4) return { kind: "none" };'), same))).toBe(false);
    const listed = tool('if ([5, 7, 11].includes(input.n)) return { kind: "none" };');
    expect(isByHeart(writtenByHeart(BASE, listed, same))).toBe(true);
  });

  it("cannot tell where nothing is telling", () => {
    const bare = [{ input: { n: 1 }, right: { result: true } }];
    expect(writtenByHeart(BASE, tool("return { result: input.n === 1 };"), bare)).toMatchObject({
      known: 0,
      written: 0,
    });
  });
});
