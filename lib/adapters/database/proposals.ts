/** Proposals: an append-only log of transitions from which the state is read. */
import { z } from "zod";
import { Actor } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import {
  Attempt,
  type Comment,
  Origin,
  type Proposal,
  Purpose,
  type Revision,
  type Transition,
} from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { ProposalRepository } from "#lib/ports/database.ts";
import type { Asking } from "./asking.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import { createEvidenceRepository, lockProposal } from "./evidence.ts";
import type {
  ProposalComment,
  Proposal as ProposalRow,
  ProposalTransition,
  Revision as RevisionRow,
} from "./generated/client.ts";
import { isId, json, jsonbText, maybeJson, type Prisma, storable, type Writer } from "./prisma-client.ts";
import { refuseUnstorable } from "./tools.ts";

/** More than anybody reads through; what waits beyond them is counted when those are done. */
const MOST_WAITING = 10_000;

const LATEST = {
  transitions: { orderBy: { sequence: "desc" }, take: 1 },
  revisions: { orderBy: { number: "desc" }, take: 1, select: { number: true } },
} satisfies Prisma.ProposalInclude;

type Row = ProposalRow & { transitions: ProposalTransition[]; revisions: { number: number }[] };

function proposalOf(row: Row): Proposal {
  const last = row.transitions[0];
  if (last === undefined) throw new Error(`proposal ${row.id} has no transition`);
  return {
    id: row.id,
    number: row.number,
    tool: row.toolName,
    baseVersion: row.baseVersion,
    purpose: Purpose.catch("other").parse(row.purpose),
    ...(row.opportunityId === null ? {} : { opportunityId: row.opportunityId }),
    createdBy: Actor.parse(row.createdBy),
    createdAt: row.createdAt,
    state: last.to,
    sequence: last.sequence,
    revision: row.revisions[0]?.number ?? 0,
    attempts: z.array(Attempt).catch([]).parse(row.attempts),
    ...(row.prompt === null ? {} : { prompt: row.prompt }),
  };
}

function transitionOf(row: ProposalTransition): Transition {
  return {
    sequence: row.sequence,
    from: row.from,
    to: row.to,
    actor: Actor.parse(row.actor),
    reason: row.reason,
    at: row.at,
  };
}

function revisionOf(row: RevisionRow): Revision {
  return {
    number: row.number,
    source: row.source,
    hash: row.hash,
    rationale: row.rationale,
    author: Actor.parse(row.author),
    origin: Origin.parse(row.origin),
    createdAt: row.createdAt,
  };
}

function commentOf(row: ProposalComment): Comment {
  return {
    id: row.id,
    revision: row.revision,
    ...(row.line === null ? {} : { line: row.line }),
    ...(row.endLine === null ? {} : { endLine: row.endLine }),
    text: row.text,
    actor: Actor.parse(row.actor),
    createdAt: row.createdAt,
    ...(row.resolvedAt === null ? {} : { resolved: { by: Actor.parse(row.resolvedBy), at: row.resolvedAt } }),
  };
}

export function createProposalRepository(db: Writer, asking: Asking, clock: Clock): ProposalRepository {
  const { query } = asking;
  /** One statement, since every decision, move and look for waiting changes reads proposals. */
  async function read(rest: string, values: unknown[]): Promise<Proposal[]> {
    const rows = await query<ProposalRow & { last: ProposalTransition | null; revision: number | null }>(
      `SELECT p.*, row_to_json(t) AS "last",
        (SELECT max("number") FROM "Revision" WHERE "proposalId" = p."id") AS "revision"
      FROM "Proposal" p
      LEFT JOIN LATERAL (
        SELECT "sequence", "to" FROM "ProposalTransition" WHERE "proposalId" = p."id" ORDER BY "sequence" DESC LIMIT 1
      ) t ON TRUE WHERE ${rest}`,
      values,
    );
    return rows.map(({ last, revision, ...row }) =>
      proposalOf({
        ...row,
        transitions: last === null ? [] : [last],
        revisions: revision === null ? [] : [{ number: revision }],
      }),
    );
  }
  const find = async (where: string, value: string | number): Promise<Proposal | null> =>
    (await read(`${where} = $1`, [value]))[0] ?? null;
  return {
    async create(proposal) {
      const row = await db.proposal.create({
        data: {
          id: clock.id(),
          toolName: proposal.tool,
          baseVersion: proposal.baseVersion,
          purpose: proposal.purpose,
          opportunityId: proposal.opportunityId ?? null,
          createdBy: json(proposal.createdBy),
          transitions: {
            create: {
              sequence: 1,
              from: null,
              to: proposal.initial,
              actor: json(proposal.createdBy),
              reason: proposal.reason,
            },
          },
        },
        include: LATEST,
      });
      return proposalOf(row);
    },
    find: async (id) => (isId(id) ? find(`p."id"`, id) : null),
    findByNumber: async (number) =>
      Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? find(`p."number"`, number) : null,
    async list(filter, page) {
      if (filter.opportunityId !== undefined && !isId(filter.opportunityId)) return { items: [] };
      const limit = limitOf(page);
      const cursor = readCursor(page.cursor, "whole");
      const found = await read(
        `($1::text IS NULL OR p."toolName" = $1) AND ($2::uuid IS NULL OR p."opportunityId" = $2)
          AND ($3::"ProposalState" IS NULL OR t."to" = $3) AND ($4::int IS NULL OR p."number" < $4)
        ORDER BY p."number" DESC LIMIT $5`,
        [
          ...[filter.tool ?? null, filter.opportunityId ?? null, filter.state ?? null],
          ...[cursor === null ? null : Number(cursor.value), limit + 1],
        ],
      );
      return pageOfRows(
        found,
        limit,
        ({ number, id }) => [String(number), id],
        (proposal) => proposal,
      );
    },
    async waiting() {
      const ids = await db.$queryRaw<{ id: string }[]>`
        SELECT p."id" FROM "Proposal" p
        JOIN LATERAL (SELECT "to" FROM "ProposalTransition" WHERE "proposalId" = p."id" ORDER BY "sequence" DESC LIMIT 1) t ON TRUE
        WHERE t."to" = 'awaiting_review' ORDER BY p."number" LIMIT ${MOST_WAITING}`;
      return ids.map(({ id }) => id);
    },
    async transition(id, move) {
      // One statement: a duplicate key inside a transaction would break the whole of it.
      const written = await query<ProposalTransition>(
        `INSERT INTO "ProposalTransition" ("proposalId", "sequence", "from", "to", "actor", "reason")
        SELECT $1::uuid, $2::int + 1, $3::"ProposalState", $4::"ProposalState", $5::jsonb, $6
        WHERE (SELECT max("sequence") FROM "ProposalTransition" WHERE "proposalId" = $1::uuid) = $2::int
        ON CONFLICT DO NOTHING RETURNING *`,
        [id, move.seen, move.from, move.to, jsonbText(move.actor), storable(move.reason)],
      );
      return written[0] === undefined ? null : transitionOf(written[0]);
    },
    async transitions(id) {
      return (await db.proposalTransition.findMany({ where: { proposalId: id }, orderBy: { sequence: "asc" } })).map(
        transitionOf,
      );
    },
    async addRevision(id, revision) {
      refuseUnstorable(revision.source);
      await lockProposal(asking, id);
      const highest = await db.revision.aggregate({ where: { proposalId: id }, _max: { number: true } });
      const row = await db.revision.create({
        data: {
          proposalId: id,
          number: (highest._max.number ?? 0) + 1,
          source: revision.source,
          hash: sha256(revision.source),
          rationale: revision.rationale,
          author: json(revision.author),
          origin: json(revision.origin),
        },
      });
      return revisionOf(row);
    },
    async revisions(id) {
      if (!isId(id)) return [];
      const sql = `SELECT * FROM "Revision" WHERE "proposalId" = $1 ORDER BY "number"`;
      return (await query<RevisionRow>(sql, [id])).map(revisionOf);
    },
    async setAttempts(id, attempts, prompt) {
      await db.proposal.update({ where: { id }, data: { attempts: json(attempts), prompt: prompt ?? null } });
    },
    async addComment(id, comment) {
      const row = await db.proposalComment.create({
        data: {
          id: clock.id(),
          proposalId: id,
          revision: comment.revision,
          line: comment.line ?? null,
          endLine: comment.endLine ?? null,
          text: comment.text,
          actor: json(comment.actor),
        },
      });
      return commentOf(row);
    },
    async resolveComment(commentId, by) {
      const data = { resolvedAt: by === null ? null : clock.now(), resolvedBy: maybeJson(by ?? undefined) };
      return commentOf(await db.proposalComment.update({ where: { id: commentId }, data }));
    },
    async comments(id) {
      return (await db.proposalComment.findMany({ where: { proposalId: id }, orderBy: { createdAt: "asc" } })).map(
        commentOf,
      );
    },
    ...createEvidenceRepository(db, asking, clock),
  };
}
