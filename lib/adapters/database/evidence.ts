/** Evidence snapshots with their cases, and the decisions that were bound to them. */
import { Actor } from "#lib/core/actor.ts";
import { type Evidence, EvidenceCase, EvidenceSummary } from "#lib/core/evidence.ts";
import type { DecisionRecord } from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { ProposalRepository } from "#lib/ports/database.ts";
import type { Evidence as EvidenceRow, ProposalDecision } from "./generated/client.ts";
import { json, type Writer } from "./prisma-client.ts";

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
export async function lockProposal(db: Writer, id: string): Promise<void> {
  await db.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`proposal ${id}`}, 0))) AS held`;
}

export function createEvidenceRepository(
  db: Writer,
  clock: Clock,
): Pick<
  ProposalRepository,
  "addEvidence" | "evidence" | "evidenceCases" | "addDecision" | "withdrawDecision" | "decisions"
> {
  return {
    async addEvidence(evidence, cases) {
      await lockProposal(db, evidence.proposalId);
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
      return (await db.evidence.findMany({ where: { proposalId: id }, orderBy: { number: "asc" } })).map(evidenceOf);
    },
    async evidenceCases(evidenceId) {
      const rows = await db.evidenceCase.findMany({ where: { evidenceId }, orderBy: { index: "asc" } });
      return rows.map((row) => EvidenceCase.parse(row.body));
    },
    async addDecision(decision) {
      const row = await db.proposalDecision.create({
        data: { ...decision, id: clock.id(), actor: json(decision.actor) },
      });
      return decisionOf(row);
    },
    async withdrawDecision(id) {
      await db.withdrawnDecision.create({ data: { decisionId: id, at: clock.now() } });
    },
    async decisions(id) {
      const rows = await db.proposalDecision.findMany({ where: { proposalId: id }, orderBy: { at: "asc" } });
      if (rows.length === 0) return [];
      const withdrawn = await db.withdrawnDecision.findMany({
        where: { decisionId: { in: rows.map((row) => row.id) } },
      });
      const gone = new Set(withdrawn.map(({ decisionId }) => decisionId));
      return rows.filter((row) => !gone.has(row.id)).map(decisionOf);
    },
  };
}
