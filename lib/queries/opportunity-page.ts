/** One opportunity with the traffic around it: what a person looks at to see when it began and what changed then. */
import type { Context } from "#lib/commands/command.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Cluster, Opportunity } from "#lib/core/opportunity.ts";
import { policyOf } from "#lib/core/policy.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { suspectOf } from "#lib/core/suspect-version.ts";
import type { Settings, Tool } from "#lib/core/version.ts";
import type { Mode, Outcome } from "#lib/core/words.ts";
import type { ExecutionFilter, TrafficBucket } from "#lib/ports/executions.ts";
import { lateCalls, listOf, markedWrong } from "./counted-calls.ts";
import { findTool } from "./find-or-refuse.ts";
import { maskExecutions } from "./masked.ts";
import { listOpportunities, showOpportunity } from "./opportunities.ts";
import { isOfFailures } from "./opportunity-words.ts";
import { previousActive } from "./versions-page.ts";

const HOUR_MS = 3_600_000;
const WINDOW_HOURS = 168;
const SLICES = 84;

export type OpportunityPageView = {
  readonly opportunity: Opportunity;
  readonly proposals: Proposal[];
  /** The seven days up to the newest call that was counted. */
  readonly traffic: TrafficBucket[];
  readonly hours: number;
  readonly deployments: Deployment[];
  /** The version to go back to where the active one is what the investigation suspects; null where there is no such way. */
  readonly wayBack: WayBack | null;
  /** Of one that is resolved. */
  readonly resolution: Resolution | null;
  /** What an error of a cluster said in full, by the cluster's key; absent where its name says it all. */
  readonly messages: ReadonlyMap<string, string>;
  /** Calls since it came back, where its figures began before that. */
  readonly sinceReturn: { readonly failures: number; readonly calls: number } | null;
  /** Lists of late and wrong answers that its figures count. */
  readonly lists: Lists;
  /** Answers that are suspected, and what was asked next; what retention took away is left out. */
  readonly examples: { readonly first: Execution; readonly next: Execution | null }[];
};

/** How many clusters show an example; of the others the call is one click away. */
const MOST_MESSAGES = 20;

/** What an error of each cluster said in full, where the cluster's name leaves out what varies; by the cluster's key. */
async function messagesOf({ database }: Context, clusters: readonly Cluster[]): Promise<Map<string, string>> {
  const found = await database.executions.findAll(
    clusters.slice(0, MOST_MESSAGES).map(({ smallestExecutionId }) => smallestExecutionId),
  );
  const shown = await maskExecutions(database, [...found.values()]);
  const said = new Map(shown.map(({ id, error }) => [id, error?.message]));
  return new Map(
    clusters.flatMap(({ key, message, smallestExecutionId }) => {
      const example = said.get(smallestExecutionId);
      return example === undefined || example.trim() === message ? [] : [[key, example] as const];
    }),
  );
}

/** Of a problem that came back: its calls since then. */
async function sinceReturn(
  { database }: Context,
  { tool, kind, clusters, statistics }: Opportunity,
): Promise<OpportunityPageView["sinceReturn"]> {
  const { cameBackAt, version, since, until, dismissed } = statistics;
  if (cameBackAt === undefined || cameBackAt <= since || (kind !== "failing" && kind !== "degrading")) return null;
  const own = { tool, version, since: cameBackAt, until };
  const keys = clusters.flatMap(({ key, mergedKeys = [] }) => [key, ...mergedKeys]);
  const [[all], [counted]] = await Promise.all([
    database.executions.counts(own),
    database.executions.counts({ ...own, cluster: keys }),
  ]);
  const bad = ({ failed = 0, timed_out = 0 }: Partial<Record<Outcome, number>> = {}) => failed + timed_out;
  const failures = bad((dismissed === undefined ? all : counted)?.counts);
  const byDesign = bad(all?.counts) - failures;
  return { failures, calls: (all?.counts.succeeded ?? 0) + bad(all?.counts) - byDesign };
}

/** Addresses; null where the list would hold other calls than the figure counted, since some went or were marked since. */
export type Lists = { readonly late: string | null; readonly timedOut: string | null; readonly wrong: string | null };

async function listsOf({ database }: Context, of: Opportunity): Promise<Lists> {
  const exactly = async (filter: ExecutionFilter | null, counted = 0): Promise<string | null> => {
    if (filter === null || counted === 0) return null;
    const [found] = await database.executions.counts(filter);
    const calls = Object.values(found?.counts ?? {}).reduce((sum, count) => sum + count, 0);
    return calls === counted ? listOf(filter) : null;
  };
  const { latency, wrong } = of.statistics;
  const [late, timedOut, marked] = await Promise.all([
    exactly(lateCalls(of, "succeeded"), latency?.late),
    exactly(lateCalls(of, "timed_out"), latency?.timedOut),
    exactly(markedWrong(of), wrong?.marked),
  ]);
  return { late, timedOut, wrong: marked };
}

export type WayBack = {
  readonly version: number;
  readonly activeVersion: number;
  readonly mode: Mode;
  readonly reasonRequired: boolean;
};

export type Resolution = {
  readonly at: Date;
  /** The last version that was made active before its end and since its beginning; null where none was. */
  readonly by: { readonly version: number; readonly proposal: Pick<Proposal, "id" | "number"> | null } | null;
};

/** @throws Problem not_found for an unknown opportunity */
export async function readOpportunityPage(ctx: Context, id: string): Promise<OpportunityPageView> {
  const opportunity = await showOpportunity(ctx, { id });
  const until = new Date(opportunity.statistics.until.getTime() + 1);
  const since = new Date(until.getTime() - WINDOW_HOURS * HOUR_MS);
  const [traffic, deployments, proposals, tool, settings, examples, messages, returned, lists] = await Promise.all([
    ctx.database.executions.traffic(opportunity.tool, since, until, SLICES),
    ctx.database.deployments.list({ tool: opportunity.tool, state: "done" }, { limit: 20 }),
    ctx.database.proposals.list({ opportunityId: opportunity.id }, { limit: 20 }),
    findTool(ctx.database, opportunity.tool),
    ctx.database.settings.get(),
    examplesOf(ctx, opportunity),
    messagesOf(ctx, opportunity.clusters),
    sinceReturn(ctx, opportunity),
    listsOf(ctx, opportunity),
  ]);
  return {
    opportunity,
    proposals: proposals.items,
    traffic,
    hours: WINDOW_HOURS,
    deployments: deployments.items.filter(({ startedAt }) => startedAt >= since && startedAt < until),
    wayBack: wayBackOf(opportunity, { tool, settings, deployments: deployments.items }),
    resolution: opportunity.state === "resolved" ? await resolutionOf(ctx, opportunity, deployments.items) : null,
    examples,
    messages,
    sinceReturn: returned,
    lists,
  };
}

function wayBackOf(
  opportunity: Opportunity,
  facts: { tool: Tool; settings: Settings; deployments: readonly Deployment[] },
): WayBack | null {
  const { activeVersion, settings } = facts.tool;
  const over = opportunity.state === "resolved" || opportunity.state === "dismissed";
  const version = previousActive(facts.deployments, activeVersion);
  if (over || version === null || activeVersion === null || suspectOf(opportunity) !== activeVersion) return null;
  return {
    version,
    activeVersion,
    mode: settings.mode ?? facts.settings.mode,
    reasonRequired: policyOf(facts.settings, settings).reasonRequired,
  };
}

async function examplesOf(
  { database }: Context,
  { statistics }: Opportunity,
): Promise<OpportunityPageView["examples"]> {
  const examples = statistics.askedAgain?.examples ?? [];
  const read = async (id: string) => {
    const found = await database.executions.find(id);
    return found === null ? null : ((await maskExecutions(database, [found]))[0] ?? null);
  };
  const pairs = await Promise.all(
    examples.map(async ({ executionId, nextId }) => ({ first: await read(executionId), next: await read(nextId) })),
  );
  return pairs.flatMap(({ first, next }) => (first === null ? [] : [{ first, next }]));
}

async function resolutionOf(
  { database }: Context,
  { id, statistics, updatedAt }: Opportunity,
  deployments: readonly Deployment[],
): Promise<Resolution> {
  const told = await database.audit.list({ subjectId: id, verb: "opportunity.resolved" }, { limit: 1 });
  const at = told.items[0]?.at ?? updatedAt;
  const made = deployments
    .filter(({ toVersion, startedAt }) => toVersion !== statistics.version && startedAt < at)
    .filter(({ startedAt }) => startedAt >= statistics.since)
    .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
    .at(0);
  if (made === undefined) return { at, by: null };
  const proposal = made.proposalId === undefined ? null : await database.proposals.find(made.proposalId);
  return { at, by: { version: made.toVersion, proposal } };
}

export type OpportunityLine = Opportunity & {
  /** Failures in equal slices of the week up to now, oldest first; null where it is about answers. */
  readonly trend: number[] | null;
};

/** The list, each with its trend; resolved and dismissed ones only with `all`. */
export async function readOpportunityLines(ctx: Context, all: boolean, now: Date): Promise<OpportunityLine[]> {
  const { items } = await listOpportunities(ctx, { limit: 200 });
  const shown = all ? items : items.filter(({ state }) => state !== "resolved" && state !== "dismissed");
  const since = new Date(now.getTime() - WINDOW_HOURS * HOUR_MS);
  const tools = [...new Set(shown.filter(isOfFailures).map(({ tool }) => tool))];
  const trends = new Map(
    await Promise.all(
      tools.map(async (tool) => {
        const traffic = await ctx.database.executions.traffic(tool, since, now, 28);
        return [tool, traffic.map(({ failures }) => failures)] as const;
      }),
    ),
  );
  return shown.map((one) => ({ ...one, trend: isOfFailures(one) ? (trends.get(one.tool) ?? []) : null }));
}
