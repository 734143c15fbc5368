import { defineTool } from "whetstone";

export default defineTool({
  name: "split_bill",
  description: "Splits a bill with tip evenly between people and says what each of them pays",
  inputSchema: {
    type: "object",
    required: ["amount", "people"],
    properties: {
      amount: { type: "number", minimum: 0, maximum: 1000000, description: "The bill before the tip" },
      people: { type: "integer", minimum: 1, maximum: 100, description: "How many people share it" },
      tipPercent: { type: "number", minimum: 0, maximum: 100, description: "The tip in percent; none when left out" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["total", "shares"],
    properties: {
      total: { type: "number", description: "The bill with the tip" },
      shares: { type: "array", items: { type: "number" }, description: "What each person pays" },
    },
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
    {
      description: "splits evenly",
      input: { amount: 90, people: 3 },
      expectedOutput: { total: 90, shares: [30, 30, 30] },
    },
    {
      description: "adds the tip first",
      input: { amount: 80, people: 4, tipPercent: 10 },
      expectedOutput: { total: 88, shares: [22, 22, 22, 22] },
    },
    { description: "one person pays it all", input: { amount: 12.5, people: 1 }, expectedOutput: { total: 12.5, shares: [12.5] } },
  ],
  postconditions: [
    {
      description: "there is a share for each person",
      check: (input, output) => output.shares.length === input.people,
    },
  ],
  owners: ["payments"],
  latencyBudgetMs: 50,
  run({ amount, people, tipPercent = 0 }) {
    const total = Math.round(amount * (1 + tipPercent / 100) * 100) / 100;
    const share = Math.round((total / people) * 100) / 100;
    return { total, shares: Array.from({ length: people }, () => share) };
  },
});
