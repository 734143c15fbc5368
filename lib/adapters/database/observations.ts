/** What versions were seen doing. */
import type { ObservationRepository } from "#lib/ports/database.ts";
import { storable, type Writer } from "./prisma-client.ts";

export function createObservationRepository(db: Writer): ObservationRepository {
  return {
    async note({ tool, version, what, detail, executionId, at }) {
      // One statement: two replicas may see the same thing at once.
      await db.$executeRaw`INSERT INTO "Observation"
          ("toolName", "version", "what", "detail", "executionId", "firstAt", "lastAt")
        VALUES (${tool}, ${version}, ${storable(what)}, ${storable(detail)}, ${executionId}::uuid, ${at}, ${at})
        ON CONFLICT ("toolName", "version", "what") DO UPDATE SET
          "times" = "Observation"."times" + 1, "detail" = excluded."detail",
          "executionId" = excluded."executionId", "lastAt" = excluded."lastAt"`;
    },
    async list(versions) {
      const rows = await db.observation.findMany({
        where: { OR: versions.map(({ tool, number }) => ({ toolName: tool, version: number })) },
        orderBy: { what: "asc" },
      });
      return rows.map(({ toolName, ...row }) => ({ tool: toolName, ...row }));
    },
  };
}
