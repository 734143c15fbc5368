/** Fills a store as months of use would: a million calls, hundreds of proposals. */
import { Client } from "pg";

/**
 * Records calls and one real, tested proposal over the API, then multiplies them in the database.
 * @returns the id of the proposal whose evidence is real
 */
export async function fillStore(
  to: { url: string; key: string; database: string },
  much: { executions: number; proposals: number; source: string },
): Promise<string> {
  async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${to.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${to.key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  }
  for (let a = 0; a < 120; a += 1) await ask("POST", "/tools/long_tool/executions", { input: { a, b: 7 } });
  for (let a = 0; a < 20; a += 1)
    await ask("POST", "/tools/calculator/executions", { input: { operation: "divide", a, b: a % 3 } });
  await ask("POST", "/detections", {});
  const made = await ask("POST", "/proposals", { tool: "long_tool", source: much.source, rationale: "order" });
  let state: unknown = "";
  for (let tries = 0; tries < 240 && state !== "awaiting_review"; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    ({ state } = await ask("GET", `/proposals/${made.id}`));
  }
  if (state !== "awaiting_review") throw new Error(`the proposal did not reach review, it is ${String(state)}`);

  const client = new Client({ connectionString: to.database });
  await client.connect();
  try {
    // The latest hour stays free, so that the newest rows are the ones recorded above.
    await client.query(
      `INSERT INTO "Execution" SELECT gen_random_uuid(), now() - interval '1 hour' - random() * interval '20 hours',
         "toolName", version, status, "latencyMs", input, output, "hasOutput", error, effects, caller, "traceId", NULL,
         cluster, shape
       FROM (SELECT * FROM "Execution" LIMIT 100) one, generate_series(1, $1)`,
      [Math.ceil(much.executions / 100)],
    );
    await client.query(
      `WITH made AS (
         INSERT INTO "Proposal" (id, "toolName", "baseVersion", purpose, "opportunityId", "createdBy", attempts, prompt)
         SELECT gen_random_uuid(), "toolName", "baseVersion", purpose, NULL, "createdBy", attempts, prompt
         FROM "Proposal", generate_series(1, $2) WHERE id = $1 RETURNING id),
       moved AS (
         INSERT INTO "ProposalTransition" ("proposalId", sequence, "from", "to", actor, reason)
         SELECT made.id, t.sequence, t."from", t."to", t.actor, t.reason
         FROM made, "ProposalTransition" t WHERE t."proposalId" = $1)
       INSERT INTO "Revision" ("proposalId", number, source, hash, rationale, author, origin)
       SELECT made.id, r.number, r.source, r.hash, r.rationale, r.author, r.origin
       FROM made, "Revision" r WHERE r."proposalId" = $1`,
      [made.id, much.proposals - 1],
    );
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
  return made.id as string;
}
