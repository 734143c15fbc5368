/** The overview: what needs a person now, tools by health, what happened last. */
import type { Context } from "#lib/commands/command.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { AuditEntry } from "#lib/core/version.ts";
import type { Verdict } from "#lib/core/words.ts";
import type { CallsOfHour } from "#lib/ports/executions.ts";
import { checkSyncStatus, isBesideTools } from "#lib/registry/check-sync-status.ts";
import { listOpportunities } from "./opportunities.ts";
import { reasonOf, standsAs } from "./opportunity-words.ts";
import { rankOf, type ToolState, toolState } from "./tool-state.ts";
import { listTools, type ToolRow } from "./tools.ts";

const HOUR_MS = 3_600_000;
/** The one that is not over yet among them. */
const HOURS = 24;
/** The hour that the window begins in is a part, as is the one it ends in. */
const SILENCE = Array.from({ length: HOURS + 1 }, () => ({ calls: 0, failures: 0, refused: 0, rejected: 0 }));
/** Calls that the latency of a tool is read from: a million would be sorted for a number that hardly differs. */
const LATENCIES = 1_000;
/** A rollback that nobody asked for stays among what needs somebody for this long. */
const REGRESSION_MS = 3 * 24 * HOUR_MS;

export type Need = {
  readonly kind: "proposal" | "opportunity" | "regression" | "conflict" | "unloadable";
  readonly title: string;
  readonly detail: string;
  readonly href: string;
  readonly verdict: Verdict | null;
  readonly at: Date | null;
};

export type ToolHealthRow = Pick<
  ToolRow,
  "name" | "description" | "health" | "strategy" | "syncState" | "activeVersion"
> & {
  readonly state: ToolState;
  /** Last 24 hours. */
  readonly calls: number;
  readonly failures: number;
  /** Apart from the calls: those count in no rate. */
  readonly refused: number;
  readonly rejected: number;
  /** Of the newest `LATENCIES` of them. */
  readonly p95Ms: number;
  /** Calls and failures an hour, oldest first. */
  readonly spark: readonly { readonly calls: number; readonly failures: number }[];
};

export type OverviewPage = {
  /** Nothing was ever called: show the first start. */
  readonly firstStart: boolean;
  readonly needs: Need[];
  readonly tools: ToolHealthRow[];
  readonly totals: Pick<ToolHealthRow, "calls" | "failures" | "refused" | "rejected">;
  readonly activity: AuditEntry[];
};

/** A watch that cannot tell waits for a person; one that took a version back is told. */
function regressionOf(deployment: Deployment, now: Date): Need[] {
  const { tool, toVersion, monitor, proposalId } = deployment;
  if (monitor === undefined || deployment.state !== "done") return [];
  const href = proposalId === undefined ? `/tools/${tool}/versions` : `/proposals/${proposalId}`;
  const about = { kind: "regression", detail: monitor.detail, href, verdict: null, at: monitor.updatedAt } as const;
  if (monitor.verdict === "inconclusive")
    return [{ ...about, title: `${tool}: the watch of version ${toVersion} cannot tell, decide whether it stays` }];
  if (monitor.verdict === "regressed" && now.getTime() - monitor.updatedAt.getTime() < REGRESSION_MS)
    return [{ ...about, title: `${tool}: version ${toVersion} got worse and was taken back` }];
  return [];
}

/** Tools that do badly and that no detection has looked at yet; what somebody dismissed or works on is known. */
async function unseenOf({ database }: Context, rows: readonly ToolHealthRow[]): Promise<ToolHealthRow[]> {
  const bad = rows.filter(({ health }) => health === "failing" || health === "degraded");
  const known = new Set((await database.opportunities.live(bad.map(({ name }) => name))).map(({ tool }) => tool));
  return bad.filter(({ name }) => !known.has(name));
}

/** An open problem; where another version answers by now, it is of the one whose calls showed it. */
function problemOf(opportunity: Opportunity, active: number | null | undefined): Need {
  const { id, tool, openedAt, statistics } = opportunity;
  const about = {
    kind: "opportunity",
    href: `/opportunities/${id}`,
    verdict: null,
    at: statistics.cameBackAt ?? openedAt,
  } as const;
  if (active === undefined || active === null || active === statistics.version)
    return { ...about, title: `${tool} ${standsAs(opportunity)}`, detail: opportunity.reason };
  return {
    ...about,
    title: `${tool} ${standsAs({ ...opportunity, state: "resolved" })} on version ${statistics.version}`,
    detail: `${reasonOf(opportunity, true)}. Version ${active} answers now: the next detection tells whether it is gone`,
  };
}

/** Files that hold something else than what answers; an edit whose proposal waits is told by that one. */
async function partedOf(ctx: Context, tools: readonly ToolRow[], waiting: ReadonlySet<string>): Promise<Need[]> {
  const parted = tools.filter(({ syncState }) => syncState === "disk_ahead" || syncState === "database_ahead");
  const rows =
    parted.length === 0
      ? []
      : await checkSyncStatus(
          ctx,
          parted.map(({ name }) => name),
        );
  return rows
    .filter(({ edit }) => edit === null || !waiting.has(edit.proposalId))
    .map(({ name, detail }) => ({
      kind: "conflict",
      title: `${name}: the file is not the version that answers calls`,
      detail,
      href: "/sync",
      verdict: null,
      at: null,
    }));
}

function unseen({ name, health, calls, failures }: ToolHealthRow): Need {
  const counts = `${failures.toLocaleString("en")} of ${calls.toLocaleString("en")} calls failed in 24 hours`;
  return {
    kind: "opportunity",
    title: `${name} is ${health}`,
    detail: `${counts}; detection looks at it within minutes`,
    href: "/opportunities",
    verdict: null,
    at: null,
  };
}

function totalOf(parts: readonly CallsOfHour[]): CallsOfHour {
  const sum = (of: keyof CallsOfHour): number => parts.reduce((total, part) => total + part[of], 0);
  return { calls: sum("calls"), failures: sum("failures"), refused: sum("refused"), rejected: sum("rejected") };
}

/** Gathers the overview of the 24 hours before `now`. */
export async function readOverviewPage(ctx: Context, now: Date): Promise<OverviewPage> {
  const { database } = ctx;
  const since = new Date(now.getTime() - HOURS * HOUR_MS);
  const [tools, files, waiting, open, activity, any, watched, traffic] = await Promise.all([
    listTools(ctx),
    ctx.files.list(),
    database.proposals.list({ state: "awaiting_review" }, { limit: 20 }),
    listOpportunities(ctx, { state: "open", limit: 20 }),
    database.audit.list({}, { limit: 12 }),
    database.executions.list({}, { limit: 1 }),
    database.deployments.list({}, { limit: 50 }),
    database.executions.hours(since, HOURS),
  ]);
  const called = tools.items.map(({ name }) => name).filter((name) => traffic.has(name));
  const p95 = await database.executions.newestP95(called, since, LATENCIES);
  const rows = tools.items.map((tool): ToolHealthRow => {
    const spark = traffic.get(tool.name) ?? SILENCE;
    return {
      name: tool.name,
      description: tool.description,
      health: tool.health,
      state: toolState(tool),
      strategy: tool.strategy,
      syncState: tool.syncState,
      activeVersion: tool.activeVersion,
      ...totalOf(spark),
      p95Ms: p95.get(tool.name) ?? 0,
      spark,
    };
  });
  const needs: Need[] = [];
  const tested = await Promise.all(waiting.items.map(({ id }) => database.proposals.evidence(id)));
  for (const [index, proposal] of waiting.items.entries()) {
    const evidence = tested[index]?.at(-1);
    needs.push({
      kind: "proposal",
      title: `${proposal.tool}: proposal ${proposal.number} waits for your review`,
      detail: evidence?.headline ?? "",
      href: `/proposals/${proposal.id}`,
      verdict: evidence?.verdict ?? null,
      at: proposal.createdAt,
    });
  }
  needs.push(...watched.items.flatMap((deployment) => regressionOf(deployment, now)));
  const active = new Map(tools.items.map(({ name, activeVersion }) => [name, activeVersion]));
  needs.push(...open.items.map((opportunity) => problemOf(opportunity, active.get(opportunity.tool))));
  needs.push(...(await unseenOf(ctx, rows)).map(unseen));
  needs.push(...(await partedOf(ctx, tools.items, new Set(waiting.items.map(({ id }) => id)))));
  for (const tool of tools.items) {
    if (tool.syncState === "conflict")
      needs.push({
        kind: "conflict",
        title: `${tool.name}: the file and the active version both changed`,
        detail: "Merge them, or take one side",
        href: "/sync",
        verdict: null,
        at: null,
      });
    if (tool.syncState === "missing" && tool.kind === "hosted" && tool.activeVersion !== null)
      needs.push({
        kind: "unloadable",
        title: `${tool.name}: the file is gone`,
        detail: `Version ${tool.activeVersion} goes on answering; put the file back`,
        href: "/sync",
        verdict: null,
        at: null,
      });
    if (tool.syncState === "unloadable")
      needs.push({
        kind: "unloadable",
        title: `${tool.name}: the file does not load`,
        detail: tool.loadError ?? "",
        href: "/sync",
        verdict: null,
        at: null,
      });
  }
  // What can never be a tool has no row among them; a tool whose file became such has one.
  const rowed = new Set(tools.items.map(({ name }) => `${name}.ts`));
  for (const { file, reason } of files.unusable.filter((one) => !isBesideTools(one.file) && !rowed.has(one.file)))
    needs.push({
      kind: "unloadable",
      title: `${file}: it cannot be a tool`,
      detail: reason,
      href: "/sync",
      verdict: null,
      at: null,
    });
  return {
    firstStart: any.items.length === 0,
    needs,
    tools: rows.sort((a, b) => rankOf(a.state) - rankOf(b.state) || b.calls - a.calls || a.name.localeCompare(b.name)),
    totals: totalOf(rows),
    activity: activity.items,
  };
}
