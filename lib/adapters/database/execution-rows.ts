/** Executions as rows and back. */
import { z } from "zod";
import type { RecordedCall } from "#lib/core/asked-again.ts";
import { ErrorInfo, Execution } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { type Effect, readEffects } from "#lib/core/tool.ts";
import { Outcome } from "#lib/core/words.ts";
import { copyField } from "./copy-text.ts";
import { type Bodies, HELD_BODIES, keepApart, putBack } from "./effect-bodies.ts";

export const COLUMNS = [
  "id",
  "startedAt",
  "toolName",
  "version",
  "status",
  "latencyMs",
  "input",
  "output",
  "hasOutput",
  "error",
  "effects",
  "caller",
  "traceId",
  "externalId",
  "cluster",
  "shape",
  "recording",
] as const;

export const COLUMN_LIST = COLUMNS.map((column) => `"${column}"`).join(", ");

/** What a row is read by: its columns, and the bodies that are kept apart. */
export const READ_LIST = `${COLUMN_LIST}, ${HELD_BODIES}`;

/** What a call that may be asked again is read by, beside its answer. */
export const ASKED_LIST = `"id", "version", "startedAt", "latencyMs", "status", "caller", "shape", "input"`;

/** Types of the columns, for arrays of parameters. */
export const COLUMN_TYPES: Record<(typeof COLUMNS)[number], string> = {
  id: "uuid",
  startedAt: "timestamptz",
  toolName: "text",
  version: "int",
  status: "text",
  latencyMs: "float8",
  input: "json",
  output: "json",
  hasOutput: "bool",
  error: "json",
  effects: "json",
  caller: "text",
  traceId: "text",
  externalId: "text",
  cluster: "text",
  shape: "text",
  recording: "text",
};

// A text holds no NUL in PostgreSQL; its json (unlike jsonb) keeps every escape, so that what ran can run again exactly.
function text(value: string): string {
  return value.includes("\u0000") ? value.replaceAll("\u0000", "\ufffd") : value;
}

/** The values of a row in the order of `COLUMNS`; long bodies are added to `bodies`, which are written before it. */
export function valuesOf(execution: Execution, bodies: Bodies): unknown[] {
  return [
    execution.id,
    execution.startedAt.toISOString(),
    text(execution.tool),
    execution.version,
    execution.status,
    execution.latencyMs,
    JSON.stringify(execution.input),
    execution.output === undefined ? null : JSON.stringify(execution.output),
    execution.output !== undefined,
    execution.error === undefined ? null : JSON.stringify(execution.error),
    JSON.stringify(keepApart(execution.effects, bodies)),
    text(execution.caller),
    execution.traceId === undefined ? null : text(execution.traceId),
    execution.externalId === undefined ? null : text(execution.externalId),
    execution.cluster === undefined ? null : text(execution.cluster),
    text(execution.shape),
    execution.recording ?? null,
  ];
}

const NOTHING = "\\N";

/** The row as a line of COPY, in the order of `COLUMNS`; only what may hold something to escape is looked at. */
export function rowOf(execution: Execution, bodies: Bodies): string {
  const { id, startedAt, tool, version, status, latencyMs, input, output, error, effects } = execution;
  const { caller, traceId, externalId, cluster, shape, recording } = execution;
  const result = output === undefined ? `${NOTHING}\tf` : `${copyField(JSON.stringify(output))}\tt`;
  const failure = error === undefined ? NOTHING : copyField(JSON.stringify(error));
  const touches = effects.length === 0 ? "[]" : copyField(JSON.stringify(keepApart(effects, bodies)));
  return `${id}\t${startedAt.toISOString()}\t${copyText(tool)}\t${version}\t${status}\t${latencyMs}\t${copyField(JSON.stringify(input))}\t${result}\t${failure}\t${touches}\t${copyText(caller)}\t${copyText(traceId)}\t${copyText(externalId)}\t${copyText(cluster)}\t${copyText(shape)}\t${recording ?? NOTHING}\n`;
}

function copyText(value: string | undefined): string {
  return value === undefined ? NOTHING : copyField(text(value));
}

function readable(effects: unknown): Effect[] {
  try {
    return readEffects(effects);
  } catch {
    return [];
  }
}

const Row = z.object({
  id: z.string(),
  startedAt: z.date(),
  toolName: z.string(),
  version: z.number(),
  status: Outcome,
  latencyMs: z.number(),
  input: z.unknown(),
  output: z.unknown(),
  hasOutput: z.boolean(),
  error: ErrorInfo.nullable(),
  effects: z.unknown().transform(readable),
  bodies: z.record(z.string(), z.string()).nullable(),
  caller: z.string(),
  traceId: z.string().nullable(),
  externalId: z.string().nullable(),
  cluster: z.string().nullable(),
  shape: z.string(),
  recording: Execution.shape.recording.unwrap().nullable(),
});

/** Parses a row; rows of older versions keep what can be read. */
export function executionOf(raw: unknown): Execution {
  const row = Row.parse(raw);
  return {
    id: row.id,
    tool: row.toolName,
    version: row.version,
    startedAt: row.startedAt,
    latencyMs: row.latencyMs,
    status: row.status,
    input: row.input as Json,
    ...(row.hasOutput ? { output: row.output as Json } : {}),
    ...(row.error === null ? {} : { error: row.error }),
    effects: row.bodies === null ? row.effects : putBack(row.effects, row.bodies),
    caller: row.caller,
    ...(row.traceId === null ? {} : { traceId: row.traceId }),
    ...(row.externalId === null ? {} : { externalId: row.externalId }),
    ...(row.cluster === null ? {} : { cluster: row.cluster }),
    shape: row.shape,
    ...(row.recording === null ? {} : { recording: row.recording }),
  };
}

const AskedRow = Row.pick({
  ...{ id: true, version: true, startedAt: true, latencyMs: true, status: true, caller: true, shape: true },
  ...{ input: true, output: true },
}).extend({ answered: z.boolean() });

/** Parses a row of what callers asked. */
export function recordedCallOf(raw: unknown): RecordedCall {
  const { input, output, answered, ...call } = AskedRow.parse(raw);
  return { ...call, input: input as Json, ...(answered ? { output: output as Json } : {}) };
}
