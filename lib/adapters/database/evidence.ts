/** Evidence snapshots with their cases, and the decisions that were bound to them. */
import { Actor } from "#lib/core/actor.ts";
import { type Evidence, EvidenceCase, EvidenceSummary } from "#lib/core/evidence.ts";
import type { DecisionRecord } from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { ProposalRepository } from "#lib/ports/database.ts";
import type { Asking } from "./asking.ts";
import type { Evidence as EvidenceRow, ProposalDecision } from "./generated/client.ts";
import { isId, json, jsonbText, storable, type Writer } from "./prisma-client.ts";

function evidenceOf(row: EvidenceRow): Evidence {
  return {
    id: row.id,
    proposalId: row.proposalId,
    revision: row.revision,
    number: row.number,
    verdict: row.verdict,
    headline: row.headline,
    strategy: row.strategy,
    strategyUsed: row.strategyUsed,
    summary: EvidenceSummary.parse(row.summary),
    createdAt: row.createdAt,
  };
}

function decisionOf(row: ProposalDecision): DecisionRecord {
  return {
    id: row.id,
    proposalId: row.proposalId,
    revision: row.revision,
    evidenceNumber: row.evidenceNumber,
    decision: row.decision,
    reason: row.reason,
    digest: row.digest,
    acknowledged: row.acknowledged,
    actor: Actor.parse(row.actor),
    at: row.at,
  };
}

/** Numbers of revisions and snapshots of one proposal are given one after the other, until the transaction ends. */
export async function lockProposal({ send }: Pick<Asking, "send">, id: string): Promise<void> {
  await send(`SELECT pg_advisory_xact_lock(hashtextextended('proposal ' || $1, 0))`, [id]);
}

export function createEvidenceRepository(
  db: Writer,
  { query, send }: Asking,
  clock: Clock,
): Pick<
  ProposalRepository,
  "addEvidence" | "evidence" | "evidenceCases" | "addDecision" | "withdrawDecision" | "decisions"
> {
  return {
    async addEvidence(evidence, cases) {
      await lockProposal({ send }, evidence.proposalId);
      const highest = await db.evidence.aggregate({
        where: { proposalId: evidence.proposalId },
        _max: { number: true },
      });
      const row = await db.evidence.create({
        data: {
          id: clock.id(),
          proposalId: evidence.proposalId,
          revision: evidence.revision,
          number: (highest._max.number ?? 0) + 1,
          verdict: evidence.verdict,
          headline: evidence.headline,
          strategy: evidence.strategy,
          strategyUsed: evidence.strategyUsed,
          summary: json(evidence.summary),
        },
      });
      await db.evidenceCase.createMany({
        data: cases.map((one) => ({ evidenceId: row.id, index: one.index, label: one.label, body: json(one) })),
      });
      return evidenceOf(row);
    },
    async evidence(id) {
      if (!isId(id)) return [];
      const sql = `SELECT * FROM "Evidence" WHERE "proposalId" = $1 ORDER BY "number"`;
      return (await query<EvidenceRow>(sql, [id])).map(evidenceOf);
    },
    async evidenceCases(evidenceId) {
      const sql = `SELECT "body" FROM "EvidenceCase" WHERE "evidenceId" = $1 ORDER BY "index"`;
      const rows = isId(evidenceId) ? await query<{ body: unknown }>(sql, [evidenceId]) : [];
      return rows.map((row) => EvidenceCase.parse(row.body));
    },
    async addDecision(decision) {
      const { proposalId, revision, evidenceNumber, actor, digest, acknowledged } = decision;
      const [row] = await query<ProposalDecision>(
        `INSERT INTO "ProposalDecision" ("id", "proposalId", "revision", "evidenceNumber", "decision", "reason", "digest",
          "acknowledged", "actor")
        VALUES ($1, $2, $3, $4, $5::"Decision", $6, $7, $8, $9::jsonb) RETURNING *`,
        [
          ...[clock.id(), proposalId, revision, evidenceNumber, decision.decision, storable(decision.reason), digest],
          ...[acknowledged, jsonbText(actor)],
        ],
      );
      if (row === undefined) throw new Error("the decision was not written");
      return decisionOf(row);
    },
    async withdrawDecision(id) {
      await db.withdrawnDecision.create({ data: { decisionId: id, at: clock.now() } });
    },
    async decisions(id) {
      if (!isId(id)) return [];
      const sql = `SELECT d.* FROM "ProposalDecision" d WHERE d."proposalId" = $1
        AND NOT EXISTS (SELECT 1 FROM "WithdrawnDecision" w WHERE w."decisionId" = d."id") ORDER BY d."at"`;
      return (await query<ProposalDecision>(sql, [id])).map(decisionOf);
    },
  };
}
