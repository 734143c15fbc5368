/** Source of a tool of three hundred lines whose one interesting line is `expression`, over numbers `a` and `b`. */
export function longTool(expression: string): string {
  const steps = Array.from(
    { length: 250 },
    (_, index) => `    if (a === ${1000 + index}) return { result: b + ${index} };`,
  );
  return `import { defineTool } from "whetstone";

export default defineTool({
  name: "long_tool",
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
