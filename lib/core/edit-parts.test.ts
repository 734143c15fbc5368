import { describe, expect, it } from "vitest";
import { editPartsOf } from "./edit-parts.ts";

const tool = (body: string, more = "") => `import { defineTool } from "whetstone";
export default defineTool({
  name: "t",${more}
  run(input) {
    ${body}
  },
});
`;
const BASE = tool("if (input.n < 1) return 0;\n    return input.n + 1;");

describe("editPartsOf", () => {
  it("gives each place with the source as it would be without it", () => {
    const parts = editPartsOf(BASE, tool("if (input.n < 2) return 0;\n    return input.n - 1;"));
    expect(parts.map(({ line }) => line)).toEqual([5, 6]);
    const [first, second] = parts.map(({ without }) => without.replace(/\s+/g, " "));
    expect(first).toContain("input.n < 1 ) return 0; return input.n - 1;");
    expect(second).toContain("input.n < 2) return 0; return input.n + 1;");
  });
  it("takes out what was added and puts back what was removed", () => {
    const parts = editPartsOf(BASE, tool("if (input.n <= 1) return 0;\n    input.log();\n    return input.n + 1;"));
    const added = parts.find(({ without }) => !without.includes("log"));
    expect(added?.without).toContain("<= 1");
    const dropped = editPartsOf(BASE, tool("if (input.n <= 1) return 0;"));
    expect(dropped.some(({ without }) => without.includes("return input.n + 1;"))).toBe(true);
  });
  it("has no parts for one place, for comments, nor for what is not code", () => {
    expect(editPartsOf(BASE, BASE)).toEqual([]);
    expect(editPartsOf(BASE, BASE.replace("< 1", "< 2"))).toEqual([]);
    expect(editPartsOf(BASE, BASE.replace("< 1", "<  2 /* so */").replace("return 0", "return  0 // x\n"))).toEqual([]);
    const typed = tool("if ((input.n as number) < 1) return 0;\n    return (input.n as number) + 1;");
    expect(editPartsOf(typed, tool("if ((input.n) < 1) return 0;\n    return (input.n) + 2;"))).toHaveLength(0);
    const cases = tool("if (input.n < 2) return 0;\n    return input.n + 1;", '\n  owners: ["me"],');
    expect(editPartsOf(BASE, cases)).toEqual([]);
  });
});
