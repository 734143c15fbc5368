/** What a call answers over HTTP: 200 with the outcome whatever it was, except where the tool was never reached. */
import type { ServerResponse } from "node:http";
import type { Execution } from "#lib/core/execution.ts";
import { sendJson, sendProblem } from "./problem-response.ts";

/** Sends the answer of one recorded call. */
export function answerExecution(response: ServerResponse, execution: Execution): void {
  const { id, status, output, error, latencyMs, version } = execution;
  if (status === "rejected") {
    // `status` is the outcome here, as the contract has it; the HTTP status stands in the status line.
    sendProblem(response, 422, {
      type: "urn:whetstone:problem:rejected",
      title: "The input does not fit the tool's schema",
      status,
      detail: error?.message ?? "The input does not fit the tool's inputSchema.",
      code: "invalid_input",
      id,
      version,
      errors: errorsOf(execution),
    });
    return;
  }
  if (status === "interrupted") {
    const detail = error?.message ?? "The call was lost and could not be resumed: try again.";
    sendProblem(
      response,
      503,
      { type: "urn:whetstone:problem:interrupted", title: "The call was lost", status, detail, id, version },
      { "retry-after": "1" },
    );
    return;
  }
  sendJson(response, 200, {
    id,
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    latencyMs,
    version,
  });
}

/** The single findings behind a rejection. */
function errorsOf(execution: Execution): { message: string }[] {
  return (execution.error?.message ?? "").split("; ").map((message) => ({ message }));
}
