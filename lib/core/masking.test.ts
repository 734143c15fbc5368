import { describe, expect, it } from "vitest";
import type { Json } from "./json.ts";
import { introducedMasks, maskBehind } from "./masking.ts";

const tool = (run: string, top = "") =>
  `import { defineTool, ToolError } from "whetstone";\n${top}\nexport default defineTool({\n  name: "t",\n` +
  `  testCases: [{ description: "null || 0", input: { a: null ?? 1 } }],\n  run(input, ctx) {\n    ${run}\n  },\n});\n`;

const BASE = "return { result: input.a / input.b };";
const kinds = (run: string, base = BASE, top = "") =>
  introducedMasks(tool(base), tool(run, top)).map(({ kind }) => kind);

describe("introducedMasks", () => {
  it.each([
    ["a catch that returns", `try { ${BASE} } catch { return null; }`, ["swallow"]],
    ["a catch that falls through", `try { ${BASE} } catch (e) { ctx.log(e); }`, ["swallow"]],
    ["a catch that returns on one way", `try { ${BASE} } catch (e) { if (e) return 1; throw e; }`, ["swallow"]],
    ["a handler of a rejected promise", "return input.p.catch(() => ({}));", ["swallow"]],
    ["the second handler of then", "return input.p.then((x) => x, () => null);", ["swallow"]],
    ["allSettled", "return Promise.allSettled(input.list);", ["swallow"]],
    ["optional chaining", "return { name: input.user?.name };", ["swallow"]],
    ["?? with a value", "return { result: input.a ?? 0 };", ["default"]],
    ["?? behind optional chaining", "return { result: (input.a?.b?.c) ?? 0 };", ["default"]],
    ["optional chaining as a default", "return { result: input.a ?? input.b?.c };", ["default", "swallow"]],
    ["|| with a value", "return { result: input.a / (input.b || 1) };", ["default"]],
    ["??= and ||=", "input.a ??= 0; input.b ||= 1; return input;", ["default", "default"]],
    ["a ternary with a literal", "return { result: input.b === 0 ? 0 : input.a / input.b };", ["default"]],
    ["an early return of a literal", `if (input.b === 0) return { result: 0 };\n    ${BASE}`, ["default"]],
    [
      "an early return of an error object",
      `if (!input.b) return { error: "bad", a: input.a };\n    ${BASE}`,
      ["default"],
    ],
    ["an early return of nothing", `if (!input.b) return;\n    ${BASE}`, ["default"]],
    ["a literal assigned under a condition", "let r = input.a; if (!r) r = -1; return { r };", ["default"]],
    ["a default in a parameter pattern", "const { a = 0 } = input; return { a };", ["default"]],
    ["a clamped divisor", "return { result: input.a / Math.max(1, input.b) };", ["default"]],
    ["a divisor with next to nothing added", "return { result: input.a / (input.b + Number.EPSILON) };", ["default"]],
    ["a number by its name", `if (!input.b) return { result: Number.MAX_SAFE_INTEGER };\n    ${BASE}`, ["default"]],
    ["a compared id", `if (input.id === "A1") return { result: input.a * 2 };\n    ${BASE}`, ["special_case"]],
    ["a listed id", `if (["A1", "B2"].includes(input.id)) input.b = input.a;\n    ${BASE}`, ["special_case"]],
    [
      "a switch over ids",
      `switch (input.id) { case "A1": return { result: input.a * 2 }; }\n    ${BASE}`,
      ["special_case"],
    ],
  ])("finds %s", (_, run, found) => {
    expect(kinds(run)).toEqual(found);
  });

  it.each([
    ["nothing new", BASE],
    ["a refusal", `if (input.b === 0) throw new ToolError("division_by_zero", "b is 0");\n    ${BASE}`],
    ["a catch that rethrows", `try { ${BASE} } catch (e) { ctx.log("x"); throw e; }`],
    ["a catch that throws on every way", `try { ${BASE} } catch (e) { if (e) throw e; else throw new Error("x"); }`],
    ["|| between conditions", `if (input.a || input.b) ctx.log("x");\n    ${BASE}`],
    [
      "optional chaining that only decides",
      `if (input.list?.[0] === undefined) throw new ToolError("empty", "");\n    ${BASE}`,
    ],
    ["a ternary of computed values", "return { result: input.a > input.b ? input.a - input.b : input.b - input.a };"],
    ["a divisor that is one more", "return { result: input.a / (input.b + 1) };"],
    ["a choice between two literals", "return { result: input.a + (input.b > 1 ? 1 : 0) };"],
    ["a computed early return", `if (input.neg) return { result: -input.a * input.b };\n    ${BASE}`],
    ["a callback's answer", `input.list.filter((x) => { return true; });\n    ${BASE}`],
    ["a common literal in a guard", `if (input.mode === 1) ctx.log("x");\n    ${BASE}`],
  ])("leaves alone %s", (_, run) => {
    expect(kinds(run)).toEqual([]);
  });

  it("does not blame the candidate for what the base had, moved or not, but for a second one", () => {
    const base = `const x = input.a ?? 0; ${BASE}`;
    expect(kinds(`ctx.log("new"); const x = input.a ?? 0; ${BASE}`, base)).toEqual([]);
    expect(kinds(`const x = input.a ?? 0; const y = input.a ?? 0; ${BASE}`, base)).toEqual(["default"]);
  });

  it("takes words that the base already uses for words of the tool, but not those of its cases", () => {
    const base = tool(BASE).replace('name: "t"', 'name: "t", inputSchema: { enum: ["divide"] }');
    const named = (word: string) => base.replace(BASE, `if (input.op === "${word}") return input.c();\n    ${BASE}`);
    expect(introducedMasks(base, named("divide"))).toEqual([]);
    expect(introducedMasks(base, named("null || 0"))).toHaveLength(1);
  });

  it("looks into helpers, and says the line", () => {
    const top = "function safe(x) {\n  try { return JSON.parse(x); } catch { return {}; }\n}";
    expect(introducedMasks(tool(BASE), tool("return safe(input.a);", top))).toMatchObject([
      { kind: "swallow", line: 3 },
    ]);
  });

  it("reads no masks out of the manifest, and survives a file that does not parse", () => {
    expect(introducedMasks(tool(BASE), tool(BASE).replace('name: "t"', 'name: "u" || "v"'))).toEqual([]);
    expect(() => introducedMasks(tool(BASE), "export default defineTool({ run( {")).not.toThrow();
  });
});

describe("maskBehind", () => {
  const behind = (run: string, input: Json, output: Json) =>
    maskBehind(introducedMasks(tool(BASE), tool(run)), input, output)?.kind ?? null;
  const early = `if (!input.list) return { result: 0 };\n    ${BASE}`;
  const special = `if (input.id === "A1") return { result: input.a * 2 };\n    ${BASE}`;

  it("blames a literal answer only for that very answer", () => {
    expect(behind(early, {}, { result: 0 })).toBe("default");
    expect(behind(early, {}, { result: 7 })).toBeNull();
  });

  it("blames a special case only for inputs that it names", () => {
    expect(behind(special, { order: { id: "A1" } }, { result: 2 })).toBe("special_case");
    expect(behind(special, { order: { id: "B7" } }, { result: 2 })).toBeNull();
  });

  it("blames a swallow for anything", () => {
    expect(behind(`try { ${BASE} } catch { return input.c; }`, {}, { result: 9 })).toBe("swallow");
  });
});
