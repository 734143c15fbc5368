/** One line of an import: read, checked, and made an execution, or the reason why not. */
import { z } from "zod";
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import { ErrorInfo, isFailure } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { Effect, ToolName } from "#lib/core/tool.ts";
import { Outcome } from "#lib/core/words.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";

/** Characters that a line may have. */
export const MAX_LINE = 8 * 1024 * 1024;

/** Twelve days: what is longer is no call, but a mistake in the unit. */
const LONGEST_MS = 1e9;
/** Nothing that calls tools is older, and every month that is named gets a partition. */
const FIRST = Date.UTC(2000, 0, 1);

/** An error as other systems write it: only its message is certain. */
const ImportedError = ErrorInfo.extend({ name: z.string().default("Error") });

export const ImportLine = z.strictObject({
  externalId: z.string().min(1).max(200).optional(),
  tool: ToolName,
  version: z.number().int().min(1).optional(),
  startedAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  latencyMs: z.number().nonnegative().max(LONGEST_MS),
  status: Outcome,
  input: z.unknown().refine((value) => value !== undefined, "is missing"),
  output: z.unknown().optional(),
  error: ImportedError.optional(),
  effects: z.array(Effect).default([]),
  caller: z.string().max(200).default("import"),
  traceId: z.string().max(200).optional(),
});

/** The same in words, for those who write such lines. */
export const IMPORT_FORMAT = `One JSON object a line; a member that is not listed here refuses the line:
  tool        text, required: the name of a tool that is here
  startedAt   text, required: time with zone (ISO 8601), from the year 2000 on and not in the future
  latencyMs   number, required: milliseconds
  status      text, required: ${Outcome.options.join(", ")}
  input       any JSON, required: what the tool was asked
  output      any JSON, required where it succeeded: what it answered
  error       object { message, name, code, stack }, of which only message is needed; not where it succeeded
  version     number: a version of the tool; the one that answers calls when left out
  externalId  text: its id elsewhere, so that a second import takes it once
  caller      text: who called; "import" when left out
  traceId     text: the trace it belongs to
  effects     list: what it touched outside, in order, as GET /api/v1/executions/{id} shows it
Example
  {"tool":"calculator","startedAt":"2026-01-31T09:00:00Z","latencyMs":12,"status":"succeeded","input":{"operation":"add","a":1,"b":2},"output":{"result":3}}`;

/** The versions that a tool has, and the one that answers calls; null where there is no such tool. */
export type KnownVersions = { readonly active: number | null; readonly numbers: ReadonlySet<number> } | null;

export type ReadLine =
  | { readonly ok: true; readonly execution: ImportedExecution }
  | { readonly ok: false; readonly reason: string };

/**
 * Reads one line.
 * @param known asked once for each tool name that appears
 */
export async function readImportLine(
  text: string,
  known: (tool: string) => Promise<KnownVersions>,
  now: Date,
): Promise<ReadLine> {
  if (text.length > MAX_LINE) return { ok: false, reason: `is longer than ${MAX_LINE} characters` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, reason: "is not JSON" };
  }
  const parsed = ImportLine.safeParse(value);
  if (!parsed.success) {
    const reasons = parsed.error.issues
      .slice(0, 3)
      .map(({ path, message }) => `${path.join(".") || "line"}: ${message}`);
    return { ok: false, reason: reasons.join("; ") };
  }
  const line = parsed.data;
  const versions = await known(line.tool);
  if (versions === null) return { ok: false, reason: `tool: there is no tool "${line.tool}"` };
  const version = line.version ?? versions.active;
  if (version === null) return { ok: false, reason: `version: ${line.tool} has none that answers calls, so name one` };
  if (!versions.numbers.has(version)) return { ok: false, reason: `version: ${line.tool} has no version ${version}` };
  if (line.startedAt.getTime() > now.getTime() + 60_000) return { ok: false, reason: "startedAt: lies in the future" };
  if (line.startedAt.getTime() < FIRST) return { ok: false, reason: "startedAt: lies before the year 2000" };
  if (line.status === "succeeded" && line.error !== undefined)
    return { ok: false, reason: "error: the call succeeded, so it has none" };
  if (line.status === "succeeded" && line.output === undefined)
    return { ok: false, reason: "output: is missing, but the call succeeded" };
  const error = line.error ?? (isFailure(line.status) ? { name: line.status, message: "", stack: "" } : undefined);
  return {
    ok: true,
    execution: {
      tool: line.tool,
      version,
      startedAt: line.startedAt,
      latencyMs: line.latencyMs,
      status: line.status,
      input: line.input as Json,
      ...(line.output === undefined ? {} : { output: line.output as Json }),
      ...(error === undefined ? {} : { error }),
      effects: line.effects,
      caller: line.caller,
      ...(line.traceId === undefined ? {} : { traceId: line.traceId }),
      ...(line.externalId === undefined ? {} : { externalId: line.externalId }),
      ...(error !== undefined && isFailure(line.status) ? { cluster: failureCluster(error) } : {}),
      shape: inputShape(line.input as Json),
    },
  };
}
