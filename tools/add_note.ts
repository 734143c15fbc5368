import { defineTool, ToolError } from "whetstone";

type Note = { id: string; text: string; createdAt: string };

const MOST_NOTES = 1000;

export default defineTool({
  name: "add_note",
  description: "Adds a note to a notebook and answers its id and how many notes the notebook has now",
  inputSchema: {
    type: "object",
    required: ["notebook", "text"],
    properties: {
      notebook: { type: "string", pattern: "^[a-z0-9-]{1,40}$", description: "Lower-case letters, digits and dashes" },
      text: { type: "string", minLength: 1, maxLength: 10000 },
    },
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    required: ["id", "count"],
    properties: { id: { type: "string" }, count: { type: "integer", minimum: 1 } },
    additionalProperties: false,
  },
  characteristics: {
    idempotent: false,
    sideEffects: ["writes_kv"],
    safeForShadowTesting: false,
    requiresMocking: ["kv"],
    testDataAvailable: true,
  },
  permissions: { network: [], kv: "write", secrets: [] },
  testCases: [
    {
      description: "starts a notebook",
      input: { notebook: "ideas", text: "Sharpen the tools" },
      effects: [
        { kind: "kv.get", request: { key: "notes/ideas" }, response: null },
        { kind: "uuid", response: "0198c0de-0000-7000-8000-000000000001" },
        { kind: "now", response: 1772524800000 },
        { kind: "kv.set", response: null },
      ],
      expectedOutput: { id: "0198c0de-0000-7000-8000-000000000001", count: 1 },
    },
    {
      description: "adds to a notebook",
      input: { notebook: "ideas", text: "Then sharpen them again" },
      effects: [
        { kind: "kv.get", response: [{ id: "1", text: "Sharpen the tools", createdAt: "2026-03-03T08:00:00.000Z" }] },
        { kind: "uuid", response: "0198c0de-0000-7000-8000-000000000002" },
        { kind: "now", response: 1772524800000 },
        { kind: "kv.set", response: null },
      ],
      expectedOutput: { id: "0198c0de-0000-7000-8000-000000000002", count: 2 },
    },
    { description: "refuses a blank note", input: { notebook: "ideas", text: "   " }, shouldThrow: "empty_note" },
  ],
  owners: ["productivity"],
  latencyBudgetMs: 500,
  async run({ notebook, text }, ctx) {
    const trimmed = text.trim();
    if (trimmed === "") throw new ToolError("empty_note", "A note needs some text");
    const key = `notes/${notebook}`;
    const notes = ((await ctx.kv.get(key)) ?? []) as Note[];
    if (notes.length >= MOST_NOTES) {
      throw new ToolError("notebook_full", `The notebook ${notebook} has ${MOST_NOTES} notes already`);
    }
    const note: Note = { id: ctx.uuid(), text: trimmed, createdAt: new Date(ctx.now()).toISOString() };
    await ctx.kv.set(key, [...notes, note]);
    return { id: note.id, count: notes.length + 1 };
  },
});
