/** A corpus function as a tool: its source, its schemas from its cases, and its visible cases as test cases. */
import type { Json } from "#lib/core/json.ts";
import type { JsonSchema } from "#lib/core/tool.ts";
import type { Task } from "./task.ts";

/** The call of the function inside `run`; wrong patches are written around it. */
export type Body = (call: string) => string;
export const PLAIN: Body = (call) => `return { result: ${call} };`;

/** The tool's source with the given function in it. */
export function toolSource(name: string, task: Task, code: string, body: Body = PLAIN): string {
  const call = `${task.entry}(${task.params.map((param) => `input.${param}`).join(", ")})`;
  const cases = task.visible.map(({ input, expected }, index) => ({
    description: `case ${index + 1}`,
    input: inputOf(task, input),
    expectedOutput: { result: expected },
  }));
  return `// @ts-nocheck
import { defineTool } from "whetstone";

${code.trim()}

export default defineTool({
  name: "${name}",
  description: ${JSON.stringify(task.docstring.split("\n")[0] ?? task.entry)},
  inputSchema: ${JSON.stringify(inputSchemaOf(task))},
  outputSchema: ${JSON.stringify(outputSchemaOf(task))},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: true },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: ${JSON.stringify(cases)},
  run(input) {
    ${body(call)}
  },
});
`;
}

/** Arguments as the tool's input. */
export function inputOf(task: Task, args: readonly Json[]): Json {
  return Object.fromEntries(task.params.map((param, at) => [param, args[at] ?? null]));
}

function inputSchemaOf(task: Task): JsonSchema {
  const all = [...task.visible, ...task.hidden];
  return {
    type: "object",
    required: [...task.params],
    properties: Object.fromEntries(
      task.params.map((param, at) => [param, schemaOf(all.map(({ input }) => input[at] ?? null))]),
    ),
  };
}

function outputSchemaOf(task: Task): JsonSchema {
  const answers = [...task.visible, ...task.hidden].map(({ expected }) => expected);
  return { type: "object", required: ["result"], properties: { result: schemaOf(answers) } };
}

/** The types of some values, and of the items of lists; nothing narrower. */
function schemaOf(values: readonly Json[]): JsonSchema {
  const types = [...new Set(values.map(typeOf))].sort();
  const items = values.filter((value) => Array.isArray(value)).flat();
  return {
    type: types.length === 1 ? (types[0] as string) : types,
    ...(types.includes("array") && items.length > 0 ? { items: schemaOf(items) } : {}),
  };
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** A harmless value of the kind that the tool answers with: what a patch that masks would make up. */
export function emptyAnswer(task: Task): Json {
  const [first] = task.visible.map(({ expected }) => expected);
  if (first === undefined || first === null) return null;
  if (Array.isArray(first)) return [];
  if (typeof first === "object") return {};
  return { string: "", number: 0, boolean: false }[typeof first as "string" | "number" | "boolean"];
}
