import { defineTool } from "whetstone";

export default defineTool({
  name: "calculator",
  description: "Adds, subtracts, multiplies and divides two numbers",
  inputSchema: {
    type: "object",
    required: ["operation", "a", "b"],
    properties: {
      operation: {
        type: "string",
        enum: ["add", "subtract", "multiply", "divide"],
        description: "What to do with the two numbers",
      },
      a: { type: "number", description: "The first number" },
      b: { type: "number", description: "The second number; the divisor when dividing" },
    },
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
    { description: "adds", input: { operation: "add", a: 1, b: 2 }, expectedOutput: { result: 3 } },
    { description: "subtracts", input: { operation: "subtract", a: 5, b: 8 }, expectedOutput: { result: -3 } },
    { description: "multiplies", input: { operation: "multiply", a: 6, b: 7 }, expectedOutput: { result: 42 } },
    { description: "divides", input: { operation: "divide", a: 9, b: 4 }, expectedOutput: { result: 2.25 } },
    {
      description: "refuses to divide by zero",
      input: { operation: "divide", a: 1, b: 0 },
      shouldThrow: "division_by_zero",
    },
  ],
  owners: ["platform"],
  latencyBudgetMs: 50,
  run({ operation, a, b }) {
    switch (operation) {
      case "add":
        return { result: a + b };
      case "subtract":
        return { result: a - b };
      case "multiply":
        return { result: a * b };
      case "divide":
        return { result: a / b };
    }
  },
});
