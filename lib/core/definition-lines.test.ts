import { describe, expect, it } from "vitest";
import { definitionLines } from "./definition-lines.ts";

const SOURCE = `import { defineTool } from "whetstone";
const output = {
  type: "object",
  required: ["result"],
} as const;
const testCases = [
  { description: "first", input: { a: 1 } },
  {
    description: "second",
    input: { a: 2 },
  },
];
export default defineTool({
  name: "probe",
  inputSchema: {
    type: "object",
    properties: {
      a: { type: "number" },
      "b-c": {
        enum: ["x"],
      },
    },
  },
  outputSchema: output,
  permissions: { network: [
    "one.example",
    "two.example",
  ] },
  testCases,
  run() {},
});
`;
const lineOf = (text: string) => SOURCE.split("\n").findIndex((line) => line.includes(text)) + 1;
const lines = definitionLines(SOURCE);

describe("definitionLines", () => {
  it.each([
    [["name"], 'name: "probe"'],
    [["inputSchema"], "inputSchema"],
    [["inputSchema", "properties", "a"], "a: { type"],
    [["inputSchema", "properties", "b-c", "enum"], "enum:"],
    [["permissions", "network", "1"], "two.example"],
    [["outputSchema", "required"], 'required: ["result"]'],
    [["run"], "run() {}"],
  ])("finds %j", (path, text) => {
    expect(lines.at(path)).toBe(lineOf(text));
  });

  it.each([
    [["inputSchema", "required"], "inputSchema"],
    [["inputSchema", "properties", "z", "type"], "properties: {"],
    [["postconditions"], "export default"],
    [["name", "deeper"], 'name: "probe"'],
  ])("names the nearest part above %j, which is not there", (path, text) => {
    expect(lines.at(path)).toBe(lineOf(text));
  });

  it("finds a case by its description, and the list where it is not in it", () => {
    expect(lines.ofCase("first")).toBe(lineOf('"first"'));
    expect(lines.ofCase("second")).toBe(lineOf('"second"') - 1);
    expect(lines.ofCase("third")).toBe(SOURCE.split("\n").indexOf("  testCases,") + 1);
    expect(definitionLines(SOURCE.replace("  testCases,\n", "")).ofCase("first")).toBe(lineOf("export default"));
  });

  it("has a line for whatever it is given", () => {
    for (const source of ["", "export default 1;", "export default defineTool({", "export default defineTool(made);"]) {
      expect(definitionLines(source).at(["name"])).toBe(1);
      expect(definitionLines(source).ofCase("x")).toBe(1);
    }
    const loop = "const a = b; const b = a;\nexport default defineTool({ inputSchema: a });";
    expect(definitionLines(loop).at(["inputSchema", "type"])).toBe(2);
  });
});
