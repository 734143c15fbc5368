/** Fills a store as months of use would: a million calls, hundreds of proposals. */
import { Client } from "pg";

/**
 * Records calls and real, tested proposals over the API, then multiplies the first in the database.
 * @returns the ids of the proposals whose evidence is real, in the order of `changes`
 */
export async function fillStore(
  to: { url: string; key: string; database: string },
  much: {
    executions: number;
    proposals: number;
    changes: readonly { tool: string; source: string }[];
    /** How many cases the evidence of the last change gets. */
    cases: number;
  },
): Promise<string[]> {
  async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${to.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${to.key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    if (!response.ok && response.status !== 422)
      throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }
  for (const { tool } of much.changes)
    for (let a = 0; a < 120; a += 1) await ask("POST", `/tools/${tool}/executions`, { input: { a, b: 7 } });
  for (let a = 0; a < 20; a += 1)
    await ask("POST", "/tools/calculator/executions", { input: { operation: "divide", a, b: a % 3 } });
  await ask("POST", "/detections", {});
  const made: string[] = [];
  for (const { tool, source } of much.changes) {
    const { id } = await ask("POST", "/proposals", { tool, source, rationale: "order" });
    let state: unknown = "";
    for (let tries = 0; tries < 240 && state !== "awaiting_review"; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      ({ state } = await ask("GET", `/proposals/${id}`));
    }
    if (state !== "awaiting_review") throw new Error(`the proposal of ${tool} did not reach review: ${String(state)}`);
    made.push(String(id));
  }

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
      [made[0], much.proposals - made.length],
    );
    await client.query(
      `INSERT INTO "EvidenceCase" ("evidenceId", "index", "label", "body")
       SELECT "evidenceId", next, "label", jsonb_set("body"::jsonb, '{index}', to_jsonb(next))::json
       FROM (SELECT c.*, row_number() OVER () + 999 AS next FROM "EvidenceCase" c
             JOIN "Evidence" e ON e."id" = c."evidenceId", generate_series(1, $2) WHERE e."proposalId" = $1 LIMIT $2) AS more`,
      [made.at(-1), much.cases],
    );
    // The hours were counted before these calls were there.
    await client.query(`TRUNCATE "CallHour"; UPDATE "CountedCalls" SET "until" = '0001-01-01T00:00:00Z'`);
    await client.query("SELECT partitions.count_hours()");
    await client.query("ANALYZE");
  } finally {
    await client.end();
  }
  return made;
}
