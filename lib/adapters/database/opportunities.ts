/** Opportunities: one that is not resolved for a tool and kind. */
import { z } from "zod";
import { Cluster, type Opportunity, Statistics } from "#lib/core/opportunity.ts";
import { Problem } from "#lib/core/problem.ts";
import { Attribution } from "#lib/core/words.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { OpportunityRepository } from "#lib/ports/database.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import type { Opportunity as OpportunityRow, Prisma } from "./generated/client.ts";
import { isDuplicate, isId, isMissing, json, type Writer } from "./prisma-client.ts";

function opportunityOf(row: OpportunityRow): Opportunity {
  return {
    id: row.id,
    tool: row.toolName,
    kind: row.kind,
    state: row.state,
    priority: row.priority,
    reason: row.reason,
    statistics: Statistics.parse(row.statistics),
    clusters: z.array(Cluster).parse(row.clusters),
    attribution: Attribution.catch("unknown").parse(row.attribution),
    findings: z.array(z.string()).catch([]).parse(row.findings),
    ...(row.assignee === null ? {} : { assignee: row.assignee }),
    ...(row.snoozedUntil === null ? {} : { snoozedUntil: row.snoozedUntil }),
    ...(row.note === null ? {} : { note: row.note }),
    openedAt: row.openedAt,
    updatedAt: row.updatedAt,
  };
}

/** A member that is there and undefined clears its column; one that is not there is left alone. */
function nullable<T>(change: object, name: string, value: T | undefined): T | null | undefined {
  return Object.hasOwn(change, name) ? (value ?? null) : undefined;
}

export function createOpportunityRepository(db: Writer, clock: Clock): OpportunityRepository {
  return {
    async find(id) {
      if (!isId(id)) return null;
      const row = await db.opportunity.findUnique({ where: { id } });
      return row === null ? null : opportunityOf(row);
    },
    async list(filter, page) {
      const limit = limitOf(page);
      const cursor = readCursor(page.cursor, "number");
      const where: Prisma.OpportunityWhereInput = {
        ...(filter.tool === undefined ? {} : { toolName: filter.tool }),
        ...(filter.state === undefined ? {} : { state: filter.state }),
        ...(cursor === null
          ? {}
          : {
              OR: [
                { priority: { lt: Number(cursor.value) } },
                { priority: Number(cursor.value), id: { lt: cursor.id } },
              ],
            }),
      };
      const rows = await db.opportunity.findMany({
        where,
        orderBy: [{ priority: "desc" }, { id: "desc" }],
        take: limit + 1,
      });
      return pageOfRows(rows, limit, (row) => [String(row.priority), row.id], opportunityOf);
    },
    async live(tools) {
      const rows = await db.opportunity.findMany({
        where: { toolName: { in: [...tools] }, state: { not: "resolved" } },
      });
      return rows.map(opportunityOf);
    },
    async findLive(tool, kind) {
      const row = await db.opportunity.findFirst({ where: { toolName: tool, kind, state: { not: "resolved" } } });
      return row === null ? null : opportunityOf(row);
    },
    async create(opportunity) {
      try {
        const row = await db.opportunity.create({
          data: {
            id: clock.id(),
            toolName: opportunity.tool,
            kind: opportunity.kind,
            state: opportunity.state,
            priority: opportunity.priority,
            reason: opportunity.reason,
            statistics: json(opportunity.statistics),
            clusters: json(opportunity.clusters),
            attribution: opportunity.attribution,
            findings: json(opportunity.findings),
            assignee: opportunity.assignee ?? null,
            snoozedUntil: opportunity.snoozedUntil ?? null,
            note: opportunity.note ?? null,
          },
        });
        return opportunityOf(row);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        throw new Problem(
          "conflict",
          `${opportunity.tool} already has an opportunity of the kind ${opportunity.kind}.`,
        );
      }
    },
    async update(id, change) {
      const updating = db.opportunity.update({
        where: { id },
        data: {
          ...(change.kind === undefined ? {} : { kind: change.kind }),
          ...(change.state === undefined ? {} : { state: change.state }),
          ...(change.priority === undefined ? {} : { priority: change.priority }),
          ...(change.reason === undefined ? {} : { reason: change.reason }),
          ...(change.statistics === undefined ? {} : { statistics: json(change.statistics) }),
          ...(change.clusters === undefined ? {} : { clusters: json(change.clusters) }),
          ...(change.attribution === undefined ? {} : { attribution: change.attribution }),
          ...(change.findings === undefined ? {} : { findings: json(change.findings) }),
          assignee: nullable(change, "assignee", change.assignee),
          snoozedUntil: nullable(change, "snoozedUntil", change.snoozedUntil),
          note: nullable(change, "note", change.note),
        } as Prisma.OpportunityUpdateInput,
      });
      try {
        return opportunityOf(await updating);
      } catch (error) {
        if (isMissing(error)) throw new Problem("not_found", `There is no opportunity "${id}".`);
        if (isDuplicate(error))
          throw new Problem("conflict", "The tool has another opportunity of this kind by now: work on that one.");
        throw error;
      }
    },
    async turn(id, from, to) {
      const { count } = await db.opportunity.updateMany({ where: { id, state: from }, data: { state: to } });
      return count === 1;
    },
  };
}
