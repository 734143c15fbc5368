/** Live calls that waiting changes were tried on. */
import type { ShadowRepository } from "#lib/ports/database.ts";
import { storable, type Writer } from "./prisma-client.ts";

export function createShadowRepository(db: Writer): ShadowRepository {
  return {
    async note({ detail, ...call }) {
      // Two replicas never try the same call, and a job that is taken up again may.
      await db.shadowCall.createMany({ data: [{ ...call, detail: storable(detail) }], skipDuplicates: true });
    },
    async tally(proposalId, revision, since) {
      const rows = await db.shadowCall.groupBy({
        by: ["agrees"],
        where: { proposalId, revision, ...(since === undefined ? {} : { at: { gt: since } }) },
        _count: true,
      });
      const count = (agrees: boolean) => rows.find((row) => row.agrees === agrees)?._count ?? 0;
      return { agreed: count(true), differed: count(false) };
    },
    list(proposalId, revision, limit) {
      // What differed comes first: it is what the tests have to look at.
      return db.shadowCall.findMany({
        where: { proposalId, revision },
        orderBy: [{ agrees: "asc" }, { at: "desc" }],
        take: limit,
      });
    },
  };
}
