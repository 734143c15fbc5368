/** Tools as the API shows them: how they are, how they may be tested, and where their file stands. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { healthOf } from "#lib/core/health.ts";
import { Observation } from "#lib/core/observation.ts";
import { policyOf } from "#lib/core/policy.ts";
import { contradictions, isRepeated, observedEffectKinds, recommend } from "#lib/core/strategy.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import { Characteristics, JsonSchema, Permissions, TestCase, ToolName } from "#lib/core/tool.ts";
import { type Settings, type Tool, ToolSettings, type Version } from "#lib/core/version.ts";
import { Health, OpportunityKind, RiskLevel, Strategy, SyncState } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import { checkSyncStatus } from "#lib/registry/check-sync-status.ts";
import { findTool } from "./find-or-refuse.ts";

export const RecommendationView = z.object({
  toolName: z.string(),
  strategy: Strategy,
  safeForAutoDeployment: z.boolean(),
  riskLevel: RiskLevel,
  steps: z.array(z.string()),
  warnings: z.array(z.string()),
});
export type RecommendationView = z.infer<typeof RecommendationView>;

/** A problem that is open, with the version whose calls showed it. */
export const ToolProblem = z.object({
  opportunity: z.string(),
  kind: OpportunityKind,
  version: z.number().int(),
  /** Nothing is known to be wrong: callers act as if it were. */
  suspected: z.boolean().optional(),
});
export type ToolProblem = z.infer<typeof ToolProblem>;

export const ToolRow = z.object({
  name: z.string(),
  kind: z.enum(["hosted", "connected"]),
  description: z.string(),
  strategy: Strategy,
  riskLevel: RiskLevel,
  safeForAutoDeployment: z.boolean(),
  health: Health,
  problems: z.array(ToolProblem),
  activeVersion: z.number().int().nullable(),
  syncState: SyncState,
  recommendation: RecommendationView,
  owners: z.array(z.string()),
  /** Why the file on disk does not load, if so. */
  loadError: z.string().nullable(),
});
export type ToolRow = z.infer<typeof ToolRow>;

export const ToolDetail = ToolRow.extend({
  source: z.string().nullable().describe("Source of the active version"),
  inputSchema: JsonSchema.nullable(),
  outputSchema: JsonSchema.nullable(),
  characteristics: Characteristics.nullable(),
  permissions: Permissions.nullable(),
  /** What the active version was seen doing since its first call. */
  observed: z.array(Observation.omit({ tool: true, version: true })),
  /** Where what it declares and what was seen cannot both be true, a sentence each. */
  contradictions: z.array(z.string()),
  testCases: z.array(TestCase),
  settings: ToolSettings,
  /** What the sync state means for the file, in words. */
  syncDetail: z.string(),
});
export type ToolDetail = z.infer<typeof ToolDetail>;

export const ToolPage = z.object({ items: z.array(ToolRow) });
export type ToolPage = z.infer<typeof ToolPage>;

export const ListTools = z.strictObject({});

/** All tools by name, those that do not load included. */
export async function listTools(ctx: Context): Promise<ToolPage> {
  const [tools, settings, sync] = await Promise.all([
    ctx.database.tools.list(),
    ctx.database.settings.get(),
    syncByName(ctx),
  ]);
  const standings = await standingsOf(ctx, tools, settings);
  // A tool that never loaded and whose file is gone has no standing, and no row for much longer.
  const listed = tools.filter(({ name, kind }) => kind !== "hosted" || sync.has(name));
  const rows = listed.map((tool) => rowOf(tool, standings.get(tool.name), settings, sync));
  return { items: rows.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)) };
}

export const ShowTool = z.object({ name: ToolName });

/** One tool with its source and contract. */
export async function showTool(ctx: Context, params: z.output<typeof ShowTool>): Promise<ToolDetail> {
  const tool = await findTool(ctx.database, params.name);
  const [settings, sync] = await Promise.all([ctx.database.settings.get(), syncByName(ctx, [tool.name])]);
  const standing = (await standingsOf(ctx, [tool], settings)).get(tool.name);
  const manifest = standing?.version.manifest ?? null;
  return {
    ...rowOf(tool, standing, settings, sync),
    source: standing?.version.source ?? null,
    inputSchema: manifest?.inputSchema ?? null,
    outputSchema: manifest?.outputSchema ?? null,
    characteristics: manifest?.characteristics ?? null,
    permissions: manifest?.permissions ?? null,
    observed: (standing?.observations ?? []).map(({ tool: _tool, version: _version, ...rest }) => rest),
    contradictions: standing === undefined ? [] : contradictions(standing.version.manifest, standing.kinds),
    testCases: manifest?.testCases ?? [],
    settings: tool.settings,
    syncDetail: sync.get(tool.name)?.detail ?? "",
  };
}

type SyncByName = ReadonlyMap<string, { readonly state: SyncState; readonly detail: string }>;

async function syncByName(ctx: Context, names?: readonly string[]): Promise<SyncByName> {
  const states = await checkSyncStatus(ctx, names);
  return new Map(states.map(({ name, state, detail }) => [name, { state, detail }]));
}

function rowOf(tool: Tool, standing: Standing | undefined, settings: Settings, sync: SyncByName): ToolRow {
  const recommendation = recommendationOf(tool, standing, settings);
  return {
    name: tool.name,
    kind: tool.kind,
    description: standing?.version.manifest.description ?? "",
    strategy: recommendation.strategy,
    riskLevel: recommendation.riskLevel,
    safeForAutoDeployment: recommendation.safeForAutoDeployment,
    health: standing?.health ?? "unknown",
    problems: standing?.problems ?? [],
    activeVersion: tool.activeVersion,
    syncState: sync.get(tool.name)?.state ?? "missing",
    recommendation,
    owners: standing?.version.manifest.owners ?? [],
    loadError: tool.loadError,
  };
}

/** Newest executions whose effects are held against what the tool declares, beside what calls were noted for. */
const OBSERVED = 50;

/** The version that answers a tool's calls, how it does, and what it was seen doing. */
type Standing = {
  readonly version: Version;
  readonly health: Health;
  readonly problems: ToolProblem[];
  /** Noted with its calls. */
  readonly observations: readonly Observation[];
  /** What was noted, and what its newest executions did, imported ones included. */
  readonly kinds: ReadonlySet<string>;
};

/** How tools stand, by name; those that never loaded are left out. As many questions for all of them as for one. */
async function standingsOf(
  { database, clock }: Context,
  tools: readonly Tool[],
  settings: Settings,
): Promise<ReadonlyMap<string, Standing>> {
  const active = await database.versions.active(tools.map(({ name }) => name));
  const [failedSince, observed, effects, outcomes, troubled] = await Promise.all([
    failedSinceLook(database, clock.now()),
    database.observations.list(active),
    database.executions.newestEffects(active, OBSERVED),
    database.executions.outcomes(active),
    database.opportunities.live(active.map(({ tool }) => tool)),
  ]);
  const of = <One extends { readonly tool: string }>(all: readonly One[]): Map<string, One[]> =>
    Map.groupBy(all, ({ tool }) => tool);
  const [observations, touched, opportunities] = [of(observed), of(effects), of(troubled)];
  const counts = new Map(outcomes.map((one) => [one.tool, one.counts]));
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return new Map(
    active.map((version) => {
      const name = version.tool;
      const { succeeded = 0, failed = 0, timed_out = 0 } = counts.get(name) ?? {};
      const noted = observations.get(name) ?? [];
      const troubles = opportunities.get(name) ?? [];
      const problems = troubles
        .filter(({ state }) => state === "open" || state === "in_progress")
        .map((one) => ({
          opportunity: one.id,
          kind: one.kind,
          version: one.statistics.version,
          ...(isSuspicion(one) ? { suspected: true } : {}),
        }));
      const facts = {
        calls: succeeded + failed + timed_out,
        failures: failed + timed_out,
        target: byName.get(name)?.settings.target ?? settings.target,
        opportunities: troubles,
      };
      const ofRecord = healthOf(facts);
      // Detection knows what is over, and what began lately; the whole record of the version stands in where it did not look.
      const fails = problems.some((one) => one.kind === "failing" && one.version === version.number);
      const isOver = ofRecord === "failing" && !fails && failedSince !== null && !failedSince.has(name);
      const ofCalls = isOver ? healthOf({ ...facts, failures: 0 }) : ofRecord;
      const health = fails && ofRecord !== "unknown" ? "failing" : ofCalls;
      const kinds = new Set([...noted.map(({ what }) => what), ...observedEffectKinds(touched.get(name) ?? [])]);
      return [name, { version, health, problems, observations: noted, kinds }];
    }),
  );
}

/** Periodic looks are minutes apart: an older one says nothing of now. */
const LATEST_LOOK_MS = 3_600_000;

/** Tools with failures since the last look over all tools began; null where none was made lately. */
async function failedSinceLook({ jobs, executions }: Database, now: Date): Promise<ReadonlySet<string> | null> {
  const { items } = await jobs.list({ kind: "detect", state: "succeeded" }, { limit: 20 });
  const since = items.find(({ tool }) => tool === null)?.startedAt ?? null;
  if (since === null || now.getTime() - since.getTime() > LATEST_LOOK_MS) return null;
  const counted = await executions.counts({ since });
  return new Set(
    counted.filter(({ counts }) => (counts.failed ?? 0) + (counts.timed_out ?? 0) > 0).map(({ tool }) => tool),
  );
}

function recommendationOf(tool: Tool, standing: Standing | undefined, settings: Settings): RecommendationView {
  if (standing === undefined)
    return {
      toolName: tool.name,
      strategy: "manual",
      safeForAutoDeployment: false,
      riskLevel: "high",
      steps: [`Repair tools/${tool.name}.ts: no version of it ever loaded`],
      warnings: [tool.loadError ?? "No version ever loaded"],
    };
  const { version, kinds } = standing;
  return recommend(tool.name, version.manifest.characteristics, {
    contradictions: contradictions(version.manifest, kinds),
    repeats: isRepeated(kinds),
    hasTestCases: version.manifest.testCases.length > 0,
    agreementThreshold: policyOf(settings, tool.settings).agreementThreshold,
    monitorCalls: settings.monitorCalls,
  });
}

/** The recommendation object of a tool, from what its active version declares and what was seen of it. */
export async function recommendTool(ctx: Context, tool: Tool, settings: Settings): Promise<RecommendationView> {
  return recommendationOf(tool, (await standingsOf(ctx, [tool], settings)).get(tool.name), settings);
}
