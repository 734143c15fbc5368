/** Jobs: the rows that people see; at most one of a key lives. */
import { Problem } from "#lib/core/problem.ts";
import type { Job } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { JobChange, JobRepository } from "#lib/ports/database.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import type { Job as JobRow } from "./generated/client.ts";
import { isId, isMissing, jsonbText, maybeJson, Prisma, storable, type Writer } from "./prisma-client.ts";

function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    stage: row.stage,
    progress: row.progress,
    input: row.input as Record<string, unknown>,
    result: row.result as Record<string, unknown> | null,
    error: row.error,
    tool: row.toolName,
    attempts: row.attempts,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
    cancelRequested: row.cancelRequested,
  };
}

function dataOf({ result, ...change }: JobChange): Prisma.JobUpdateInput {
  const data = {
    ...change,
    ...(result === undefined ? {} : { result: result === null ? Prisma.DbNull : maybeJson(result) }),
  };
  return data as Prisma.JobUpdateInput;
}

export function createJobRepository(db: Writer, clock: Clock): JobRepository {
  return {
    async create(job) {
      const id = clock.id();
      const written = await db.$queryRaw<{ id: string }[]>`
        INSERT INTO "Job" ("id", "kind", "state", "input", "toolName", "key", "createdAt", "notBefore")
        VALUES (${id}::uuid, ${job.kind}::"JobKind", 'queued', ${jsonbText(job.input)}::jsonb, ${storable(job.tool)},
                ${storable(job.key)}, ${clock.now()}, ${job.notBefore ?? null}::timestamptz)
        ON CONFLICT DO NOTHING RETURNING "id"`;
      const row =
        written.length > 0
          ? await db.job.findUniqueOrThrow({ where: { id } })
          : await db.job.findFirst({ where: { key: job.key, state: { in: ["queued", "running"] } } });
      // The one that stood in the way ended meanwhile: begin again.
      if (row === null) return this.create(job);
      return { job: jobOf(row), created: written.length > 0 };
    },
    async find(id) {
      const row = isId(id) ? await db.job.findUnique({ where: { id } }) : null;
      return row === null ? null : jobOf(row);
    },
    async list(filter, page) {
      const limit = limitOf(page);
      const cursor = readCursor(page.cursor, "id");
      const rows = await db.job.findMany({
        where: {
          ...(filter.kind === undefined ? {} : { kind: filter.kind }),
          ...(filter.state === undefined ? {} : { state: filter.state }),
          ...(filter.tool === undefined ? {} : { toolName: filter.tool }),
          ...(filter.proposalId === undefined ? {} : { input: { path: ["proposalId"], equals: filter.proposalId } }),
          ...(filter.dueBefore === undefined
            ? {}
            : {
                OR: [
                  { notBefore: null, createdAt: { lte: filter.dueBefore } },
                  { notBefore: { lte: filter.dueBefore } },
                ],
              }),
          ...(cursor === null ? {} : { id: { lt: cursor.id } }),
        },
        orderBy: { id: "desc" },
        take: limit + 1,
      });
      return pageOfRows(rows, limit, (row) => [row.id, row.id], jobOf);
    },
    async update(id, change) {
      try {
        return jobOf(await db.job.update({ where: { id }, data: dataOf(change) }));
      } catch (error) {
        if (isMissing(error)) throw new Problem("not_found", `There is no job "${id}".`);
        throw error;
      }
    },
    async move(id, seen, change) {
      const [row] = await db.job.updateManyAndReturn({
        where: { id, state: { in: [...seen] } },
        data: dataOf(change) as Prisma.JobUpdateManyMutationInput,
      });
      return row === undefined ? null : jobOf(row);
    },
  };
}
