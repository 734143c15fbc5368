/** From how a run ended to the execution that is recorded. Pure. */
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import { type ErrorInfo, type Execution, isFailure } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { rejectionOf, toOutcome } from "#lib/core/outcome.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { RunResult } from "#lib/ports/sandbox.ts";
import type { ExecuteRequest } from "../rooms.ts";

/** The input broke the schema; the tool was not called. */
export type Rejection = { readonly kind: "rejected"; readonly errors: readonly { path: string; message: string }[] };

type Recorded = {
  status: Execution["status"];
  output?: Json | undefined;
  error?: ErrorInfo | undefined;
  latencyMs: number;
  effects: Effect[];
};

function recordedOf(version: Version, result: RunResult | Rejection): Recorded {
  if (result.kind === "rejected")
    return { status: "rejected", error: rejectionOf(result.errors), latencyMs: 0, effects: [] };
  const { latencyMs, effects } = result;
  // A live call has no recording to leave: this is the machinery's fault, not the tool's.
  if (result.kind === "diverged")
    return {
      status: "interrupted",
      error: { name: "Interrupted", message: "a live call was answered as a replay", stack: "" },
      latencyMs,
      effects,
    };
  const { status, output, error } = toOutcome(version.manifest, result);
  return { status, output, error, latencyMs, effects };
}

/** Builds the execution: outcome, failure cluster and input shape. */
export function decide(facts: {
  id: string;
  startedAt: Date;
  version: Version;
  input: Json;
  result: RunResult | Rejection;
  request: Pick<ExecuteRequest, "caller" | "traceId">;
}): Execution {
  const { version, request } = facts;
  const { status, output, error, latencyMs, effects } = recordedOf(version, facts.result);
  const execution: Execution = {
    id: facts.id,
    tool: version.tool,
    version: version.number,
    startedAt: facts.startedAt,
    latencyMs,
    status,
    input: facts.input,
    effects,
    caller: request.caller,
    shape: inputShape(facts.input),
  };
  if (output !== undefined) execution.output = output;
  if (error !== undefined) execution.error = error;
  if (request.traceId !== undefined) execution.traceId = request.traceId;
  if (error !== undefined && isFailure(status)) execution.cluster = failureCluster(error);
  return execution;
}
