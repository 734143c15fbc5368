import { describe, expect, it } from "vitest";
import { refusalPlace } from "./refusal.ts";

const tool = (...lines: string[]) =>
  [
    'import { defineTool, ToolError } from "whetstone";',
    "export default defineTool({",
    "  run(input) {",
    ...lines,
    "  },",
    "});",
  ].join("\n");

const error = (line: number | null, code = "bad_input", more = "") => ({
  name: "ToolError",
  code,
  message: "no",
  stack: line === null ? "" : `ToolError: no\n    at run (calc.ts:${line}:20)${more}`,
});

const THROW = 'throw new ToolError("bad_input", "no");';

describe("refusalPlace", () => {
  it.each([
    ["a guard on the input", [`if (input.b === 0) ${THROW}`], 4, "from_input"],
    ["a guard on an answer from outside", ["const r = list[0];", `if (r === undefined) ${THROW}`], 5, "from_input"],
    [
      "a check that an input is a number",
      ["const n = Number(input.a);", `if (Number.isNaN(n)) ${THROW}`],
      5,
      "from_input",
    ],
    ["a catch", ["try { work(); }", `catch (e) { ${THROW} }`], 5, "in_catch"],
    ["a handler of a promise", [`return work().catch(() => { ${THROW} });`], 4, "in_catch"],
    [
      "a computed result that is not finite",
      ["const r = input.a / input.b;", `if (!Number.isFinite(r)) ${THROW}`],
      5,
      "afterwards",
    ],
    ["arithmetic in the condition", [`if (isNaN(input.a % input.b)) ${THROW}`], 4, "afterwards"],
    ["Infinity by comparison", ["const r = input.a / input.b;", `if (r === Infinity) ${THROW}`], 5, "afterwards"],
  ] as [string, string[], number, string][])("%s", (_, lines, line, place) => {
    expect(refusalPlace("calc", tool(...lines), error(line))).toBe(place);
  });

  it("goes by the code where the stack says nothing", () => {
    expect(refusalPlace("calc", tool(`if (input.b === 0) ${THROW}`), error(null))).toBe("from_input");
    expect(refusalPlace("calc", tool("try { work(); }", `catch { ${THROW} }`), error(null))).toBe("in_catch");
  });

  it("sees a catch further up the stack", () => {
    const source = tool("try { work(); }", "catch { fail(); }").concat(`\nfunction fail() {\n  ${THROW}\n}\n`);
    const lines = source.split("\n");
    const at = lines.findIndex((line) => line.includes(THROW)) + 1;
    expect(refusalPlace("calc", source, error(at, "bad_input", "\n    at run (calc.ts:5:11)"))).toBe("in_catch");
    expect(refusalPlace("calc", source, error(at, "bad_input", "\n    at run (calc.ts:4:11)"))).toBe("from_input");
  });

  it("trusts nothing that it cannot find", () => {
    expect(refusalPlace("calc", tool("return 1;"), error(null, "made_up"))).toBe("in_catch");
  });
});
