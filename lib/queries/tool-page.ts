/** One tool: its health over time with deployments marked, what it declares, and its latest calls. */
import type { Context } from "#lib/commands/command.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { TrafficBucket } from "#lib/ports/executions.ts";
import { type CaseRuns, readCaseRuns } from "./case-runs.ts";
import { type ExecutionRow, listExecutions } from "./executions.ts";
import { listOpportunities } from "./opportunities.ts";
import { showTool, type ToolDetail } from "./tools.ts";

const HOUR_MS = 3_600_000;

export type ToolWindow = "day" | "week";
const WINDOWS: Record<ToolWindow, { hours: number; slices: number }> = {
  day: { hours: 24, slices: 48 },
  week: { hours: 168, slices: 56 },
};

export type ToolPageView = {
  readonly tool: ToolDetail;
  readonly window: ToolWindow;
  readonly traffic: TrafficBucket[];
  readonly deployments: Deployment[];
  readonly opportunities: Opportunity[];
  readonly executions: ExecutionRow[];
  readonly caseRuns: CaseRuns;
};

/** @throws Problem not_found for an unknown tool */
export async function readToolPage(ctx: Context, name: string, window: ToolWindow, now: Date): Promise<ToolPageView> {
  const { hours, slices } = WINDOWS[window];
  const since = new Date(now.getTime() - hours * HOUR_MS);
  const tool = await showTool(ctx, { name });
  const [traffic, deployments, opportunities, executions, caseRuns] = await Promise.all([
    ctx.database.executions.traffic(name, since, now, slices),
    ctx.database.deployments.list({ tool: name }, { limit: 20 }),
    listOpportunities(ctx, { tool: name, limit: 10 }),
    listExecutions(ctx, { tool: name, limit: 12 }),
    readCaseRuns(ctx, name),
  ]);
  return {
    tool,
    window,
    traffic,
    deployments: deployments.items.filter(({ startedAt, state }) => state === "done" && startedAt >= since),
    opportunities: opportunities.items.filter(({ state }) => state !== "resolved"),
    executions: executions.items,
    caseRuns,
  };
}
