/** Source of a tool of three hundred lines whose one interesting line is `expression`, over numbers `a` and `b`. */
export function longTool(expression: string): string {
  return toolOf(
    "long_tool",
    Array.from({ length: 250 }, (_, index) => `    if (a === ${1000 + index}) return { result: b + ${index} };`),
    expression,
  );
}

/** Source of a tool of five thousand lines, about as long as one may be; every tenth of them ends in `tenth`. */
export function hugeTool(tenth: string): string {
  return toolOf(
    "huge_tool",
    Array.from(
      { length: 4_960 },
      (_, index) => `  if (a === ${1000 + index}) return { result: ${index % 10 === 0 ? tenth : "b"} };`,
    ),
    "a + b",
  );
}

/** Source of a short tool, whose review is of many cases. */
export function shortTool(expression: string): string {
  return toolOf("short_tool", [], expression);
}

function toolOf(name: string, steps: readonly string[], expression: string): string {
  return `import { defineTool } from "whetstone";

export default defineTool({
  name: "${name}",
  description: "Adds two numbers, with many special cases",
  inputSchema: {
    type: "object",
    required: ["a", "b"],
    properties: { a: { type: "number" }, b: { type: "number" } },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["result"],
    properties: { result: { type: "number" } },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: [],
    safeForShadowTesting: true,
    requiresMocking: [],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [
    { description: "adds", input: { a: 1, b: 2 }, expectedOutput: { result: 3 } },
    { description: "adds halves", input: { a: 0.5, b: 0.25 }, expectedOutput: { result: 0.75 } },
  ],
  owners: ["platform"],
  run({ a, b }) {
${steps.join("\n")}
    return { result: ${expression} };
  },
});
`;
}
