/** What a call answers over HTTP: 200 with the outcome whatever it was, except where the tool was never reached. */
import type { ServerResponse } from "node:http";
import type { Execution } from "#lib/core/execution.ts";
import type { Database } from "#lib/ports/database.ts";
import { readInputFaults } from "#lib/queries/input-faults.ts";
import { sendJson, sendProblem } from "./problem-response.ts";

/** Sends the answer of one recorded call; the database says which schema a rejected input broke. */
export async function answerExecution(
  database: Database,
  response: ServerResponse,
  execution: Execution,
): Promise<void> {
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
      errors: await readInputFaults(database, execution),
    });
    return;
  }
  if (status === "interrupted") {
    const detail = error?.message ?? "The call was lost and could not be resumed: try again.";
    // Whoever waits and asks again does so without a look; a tool that changes something each time wants one.
    const known = await database.versions.find(execution.tool, version);
    const again = known?.manifest.characteristics.idempotent === true ? { "retry-after": "1" } : {};
    sendProblem(
      response,
      503,
      { type: "urn:whetstone:problem:interrupted", title: "The call was lost", status, detail, id, version },
      again,
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
