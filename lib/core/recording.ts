/** What of a call is kept, by the tool's recording mode. Its outcome, time and failure cluster always are. */
import type { ErrorInfo, Execution } from "./execution.ts";
import type { Json } from "./json.ts";
import { maskExecution, type Schemas } from "./sensitive.ts";
import type { Effect } from "./tool.ts";
import type { ToolSettings } from "./version.ts";

export type Recording = NonNullable<ToolSettings["recording"]>;

type Recorded = Pick<Execution, "input" | "output" | "error" | "effects" | "recording">;

/** Members of a value in one shape that are looked at. */
const ITEMS_KEPT = 3;

/**
 * The execution as it is put on record.
 * - full: all of it; what schemas mark `x-sensitive` is hidden where it is shown
 * - redacted: without the values that schemas mark `x-sensitive`, wherever they turn up
 * - shape: the kinds of values in place of the values, and no messages
 * - off: that it was called, how it ended and how long it took
 */
export function recorded<T extends Recorded>(mode: Recording, schemas: Schemas, execution: T): T {
  switch (mode) {
    case "full":
      return execution;
    case "redacted":
      return { ...maskExecution(schemas, execution), recording: mode };
    case "shape":
      return {
        ...withoutMessage(execution),
        input: shapeOf(execution.input),
        ...(execution.output === undefined ? {} : { output: shapeOf(execution.output) }),
        effects: execution.effects.map(shapeOfEffect),
        recording: mode,
      };
    case "off": {
      const rest = { ...withoutMessage(execution), input: null, effects: [], recording: mode };
      delete rest.output;
      return rest;
    }
  }
}

/** Whether the values that a call was made with are on record, so that it can run again. */
export function keepsInput({ recording }: Pick<Execution, "recording">): boolean {
  return recording !== "shape" && recording !== "off";
}

/** Messages quote values; names, codes and places in the source do not. */
function withoutMessage<T extends Recorded>(execution: T): T {
  return execution.error === undefined ? execution : { ...execution, error: errorShape(execution.error) };
}

function errorShape({ name, code, stack }: ErrorInfo): ErrorInfo {
  const frames = stack.split("\n").filter((line) => /^\s*at .*:\d+:\d+\)?$/.test(line));
  return { name, ...(code === undefined ? {} : { code }), message: "", stack: frames.join("\n") };
}

function shapeOfEffect(effect: Effect): Effect {
  const { response, error, ...rest } = effect;
  return {
    ...rest,
    request: shapeOf(effect.request),
    ...(response === undefined ? {} : { response: shapeOf(response) }),
    ...(error === undefined ? {} : { error: { name: error.name, message: "" } }),
  };
}

/** The kinds of values in their places: members keep their names, lists their first items. */
export function shapeOf(value: Json): Json {
  if (Array.isArray(value)) return value.slice(0, ITEMS_KEPT).map(shapeOf);
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shapeOf(member)]));
}
