/** Deployments with their journal. */
import { z } from "zod";
import { Actor } from "#lib/core/actor.ts";
import { type Deployment, MonitorState, StepRecord } from "#lib/core/deployment.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { DeploymentRepository } from "#lib/ports/database.ts";
import type { Asking } from "./asking.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import type { Deployment as DeploymentRow } from "./generated/client.ts";
import { isId, jsonbText, storable, type Writer } from "./prisma-client.ts";

function deploymentOf(row: DeploymentRow): Deployment {
  return {
    id: row.id,
    tool: row.toolName,
    kind: row.kind,
    ...(row.proposalId === null ? {} : { proposalId: row.proposalId }),
    fromVersion: row.fromVersion,
    toVersion: row.toVersion,
    mode: row.mode,
    state: row.state,
    steps: z.array(StepRecord).parse(row.steps),
    ...(row.backup === null ? {} : { backup: row.backup }),
    reason: row.reason,
    actor: Actor.parse(row.actor),
    startedAt: row.startedAt,
    ...(row.finishedAt === null ? {} : { finishedAt: row.finishedAt }),
    ...(row.monitor === null ? {} : { monitor: MonitorState.parse(row.monitor) }),
  };
}

export function createDeploymentRepository(db: Writer, { query, send }: Asking, clock: Clock): DeploymentRepository {
  async function appendSteps(id: string, steps: readonly StepRecord[], backup: string | null): Promise<void> {
    const sql = `UPDATE "Deployment" SET "steps" = "steps" || $2::jsonb, "backup" = coalesce($3, "backup") WHERE "id" = $1`;
    await send(sql, [id, jsonbText(steps), backup]);
  }
  return {
    async create({ tool, kind, proposalId, fromVersion, toVersion, mode, state, backup, reason, actor, steps }) {
      // Ids sort by time, which orders deployments that begin within one tick of the database's clock.
      const row = {
        id: clock.id(),
        toolName: tool,
        kind,
        proposalId: proposalId ?? null,
        fromVersion,
        toVersion,
        mode,
        state,
        backup: backup ?? null,
        reason: storable(reason),
        actor: storable(actor),
        steps: storable(JSON.parse(JSON.stringify(steps ?? []))),
        startedAt: clock.now(),
        finishedAt: null,
        monitor: null,
      };
      await send(
        `INSERT INTO "Deployment" ("id", "toolName", "kind", "proposalId", "fromVersion", "toVersion", "mode", "state",
          "backup", "reason", "actor", "steps", "startedAt")
        VALUES ($1, $2, $3::"DeploymentKind", $4, $5, $6, $7::"Mode", $8::"DeploymentState", $9, $10, $11::jsonb,
          $12::jsonb, $13)`,
        [
          ...[row.id, tool, kind, row.proposalId, fromVersion, toVersion, mode, state, row.backup, row.reason],
          ...[jsonbText(actor), jsonbText(row.steps), row.startedAt],
        ],
      );
      return deploymentOf(row);
    },
    async find(id) {
      if (!isId(id)) return null;
      const [row] = await query<DeploymentRow>(`SELECT * FROM "Deployment" WHERE "id" = $1`, [id]);
      return row === undefined ? null : deploymentOf(row);
    },
    async list(filter, page) {
      if (filter.proposalId !== undefined && !isId(filter.proposalId)) return { items: [] };
      const limit = limitOf(page);
      const cursor = readCursor(page.cursor, "id");
      const rows = await query<DeploymentRow>(
        `SELECT * FROM "Deployment" WHERE ($1::text IS NULL OR "toolName" = $1)
          AND ($2::"DeploymentState" IS NULL OR "state" = $2::"DeploymentState")
          AND ($3::uuid IS NULL OR "proposalId" = $3) AND ($4::uuid IS NULL OR "id" < $4)
        ORDER BY "id" DESC LIMIT $5`,
        [filter.tool ?? null, filter.state ?? null, filter.proposalId ?? null, cursor?.id ?? null, limit + 1],
      );
      return pageOfRows(rows, limit, (row) => [row.id, row.id], deploymentOf);
    },
    appendStep: (id, step) => appendSteps(id, [step], null),
    appendSteps,
    async finish(id, state) {
      const sql = `UPDATE "Deployment" SET "state" = $2::"DeploymentState", "finishedAt" = $3 WHERE "id" = $1`;
      await send(sql, [id, state, clock.now()]);
    },
    async setMonitor(id, monitor, seen = "watching") {
      // One statement looks and writes: a look in flight cannot undo what a person or another look decided.
      // The same goes for a look that began before the watch did so again: it counted other calls.
      const round = monitor.since?.toISOString() ?? "";
      const written = await db.$executeRaw`UPDATE "Deployment" SET "monitor" = ${jsonbText(monitor)}::jsonb
        WHERE "id" = ${id}::uuid AND (("monitor" IS NULL AND ${seen} = 'watching') OR ("monitor"->>'verdict' = ${seen}
          AND (${seen} <> 'watching' OR coalesce("monitor"->>'since', '') = ${round})))`;
      return written === 1;
    },
  };
}
