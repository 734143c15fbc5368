/** Deployments with their journal. */
import { z } from "zod";
import { Actor } from "#lib/core/actor.ts";
import { type Deployment, MonitorState, StepRecord } from "#lib/core/deployment.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { DeploymentRepository } from "#lib/ports/database.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import type { Deployment as DeploymentRow } from "./generated/client.ts";
import { isId, json, jsonbText, type Writer } from "./prisma-client.ts";

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

export function createDeploymentRepository(db: Writer, clock: Clock): DeploymentRepository {
  async function appendSteps(id: string, steps: readonly StepRecord[], backup: string | null): Promise<void> {
    await db.$executeRaw`UPDATE "Deployment" SET "steps" = "steps" || ${jsonbText(steps)}::jsonb,
      "backup" = coalesce(${backup}, "backup") WHERE "id" = ${id}::uuid`;
  }
  return {
    async create(deployment) {
      const row = await db.deployment.create({
        data: {
          // Ids sort by time, which orders deployments that begin within one tick of the database's clock.
          id: clock.id(),
          toolName: deployment.tool,
          kind: deployment.kind,
          proposalId: deployment.proposalId ?? null,
          fromVersion: deployment.fromVersion,
          toVersion: deployment.toVersion,
          mode: deployment.mode,
          state: deployment.state,
          backup: deployment.backup ?? null,
          reason: deployment.reason,
          actor: json(deployment.actor),
          steps: JSON.parse(JSON.stringify(deployment.steps ?? [])),
          startedAt: clock.now(),
        },
      });
      return deploymentOf(row);
    },
    async find(id) {
      if (!isId(id)) return null;
      const row = await db.deployment.findUnique({ where: { id } });
      return row === null ? null : deploymentOf(row);
    },
    async list(filter, page) {
      if (filter.proposalId !== undefined && !isId(filter.proposalId)) return { items: [] };
      const limit = limitOf(page);
      const cursor = readCursor(page.cursor, "id");
      const rows = await db.deployment.findMany({
        where: {
          ...(filter.tool === undefined ? {} : { toolName: filter.tool }),
          ...(filter.state === undefined ? {} : { state: filter.state }),
          ...(filter.proposalId === undefined ? {} : { proposalId: filter.proposalId }),
          ...(cursor === null ? {} : { id: { lt: cursor.id } }),
        },
        orderBy: { id: "desc" },
        take: limit + 1,
      });
      return pageOfRows(rows, limit, (row) => [row.id, row.id], deploymentOf);
    },
    appendStep: (id, step) => appendSteps(id, [step], null),
    appendSteps,
    async finish(id, state) {
      await db.deployment.update({ where: { id }, data: { state, finishedAt: clock.now() } });
    },
    async setMonitor(id, monitor, seen = "watching") {
      // One statement looks and writes: a look in flight cannot undo what a person or another look decided.
      const written = await db.$executeRaw`UPDATE "Deployment" SET "monitor" = ${jsonbText(monitor)}::jsonb
        WHERE "id" = ${id}::uuid AND (("monitor" IS NULL AND ${seen} = 'watching') OR "monitor"->>'verdict' = ${seen})`;
      return written === 1;
    },
  };
}
