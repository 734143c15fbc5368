import { defineTool } from "whetstone";

export default defineTool({
  name: "set_preference",
  description: "Remembers how a user likes something: sets one preference and answers all that are known for the user",
  inputSchema: {
    type: "object",
    required: ["userId", "name", "value"],
    properties: {
      userId: { type: "string", minLength: 1, maxLength: 100 },
      name: { type: "string", pattern: "^[a-z][a-zA-Z0-9]*$", maxLength: 50 },
      value: { type: ["string", "number", "boolean"], description: "What the user prefers" },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["userId", "preferences"],
    properties: { userId: { type: "string" }, preferences: { type: "object" } },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: true,
    sideEffects: ["writes_kv"],
    safeForShadowTesting: false,
    requiresMocking: ["kv"],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "write", secrets: [] },
  testCases: [
    {
      description: "starts a new user's preferences",
      input: { userId: "u1", name: "theme", value: "dark" },
      effects: [
        { kind: "kv.get", request: { key: "preferences/u1" }, response: null },
        { kind: "kv.set", request: { key: "preferences/u1", value: { theme: "dark" } }, response: null },
      ],
      expectedOutput: { userId: "u1", preferences: { theme: "dark" } },
    },
    {
      description: "keeps the others and replaces the one",
      input: { userId: "u1", name: "theme", value: "light" },
      effects: [
        { kind: "kv.get", response: { theme: "dark", rowsPerPage: 50 } },
        { kind: "kv.set", request: { value: { theme: "light", rowsPerPage: 50 } }, response: null },
      ],
      expectedOutput: { userId: "u1", preferences: { theme: "light", rowsPerPage: 50 } },
    },
  ],
  postconditions: [
    {
      description: "the preference is among those answered",
      check: (input, output) => (output.preferences as Record<string, unknown>)[input.name] === input.value,
    },
  ],
  owners: ["identity"],
  latencyBudgetMs: 500,
  async run({ userId, name, value }, ctx) {
    const key = `preferences/${userId}`;
    const known = (await ctx.kv.get(key)) as Record<string, string | number | boolean> | null | undefined;
    const preferences = { ...known, [name]: value };
    await ctx.kv.set(key, preferences);
    return { userId, preferences };
  },
});
