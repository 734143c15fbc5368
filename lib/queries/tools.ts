/** Tools as the API shows them: how they are, how they may be tested, and where their file stands. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { healthOf } from "#lib/core/health.ts";
import { Observation } from "#lib/core/observation.ts";
import { policyOf } from "#lib/core/policy.ts";
import { contradictions, isRepeated, observedEffectKinds, recommend } from "#lib/core/strategy.ts";
import { Characteristics, JsonSchema, Permissions, TestCase, ToolName } from "#lib/core/tool.ts";
import { type Settings, type Tool, ToolSettings, type Version } from "#lib/core/version.ts";
import { Health, RiskLevel, Strategy, SyncState } from "#lib/core/words.ts";
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

export const ToolRow = z.object({
  name: z.string(),
  kind: z.enum(["hosted", "connected"]),
  description: z.string(),
  strategy: Strategy,
  riskLevel: RiskLevel,
  safeForAutoDeployment: z.boolean(),
  health: Health,
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
  const rows = await Promise.all(tools.map(async (tool) => (await gather(ctx, tool, settings, sync)).row));
  return { items: rows.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)) };
}

export const ShowTool = z.object({ name: ToolName });

/** One tool with its source and contract. */
export async function showTool(ctx: Context, params: z.output<typeof ShowTool>): Promise<ToolDetail> {
  const tool = await findTool(ctx.database, params.name);
  const [settings, sync] = await Promise.all([ctx.database.settings.get(), syncByName(ctx)]);
  const { row, version } = await gather(ctx, tool, settings, sync);
  const manifest = version?.manifest ?? null;
  const seen = version === null ? null : await observe(ctx, version);
  return {
    ...row,
    source: version?.source ?? null,
    inputSchema: manifest?.inputSchema ?? null,
    outputSchema: manifest?.outputSchema ?? null,
    characteristics: manifest?.characteristics ?? null,
    permissions: manifest?.permissions ?? null,
    observed: (seen?.observations ?? []).map(({ tool: _tool, version: _version, ...rest }) => rest),
    contradictions: version === null || seen === null ? [] : contradictions(version.manifest, seen.kinds),
    testCases: manifest?.testCases ?? [],
    settings: tool.settings,
    syncDetail: sync.get(tool.name)?.detail ?? "",
  };
}

type SyncByName = ReadonlyMap<string, { readonly state: SyncState; readonly detail: string }>;

async function syncByName(ctx: Context): Promise<SyncByName> {
  const states = await checkSyncStatus(ctx);
  return new Map(states.map(({ name, state, detail }) => [name, { state, detail }]));
}

async function gather(
  ctx: Context,
  tool: Tool,
  settings: Settings,
  sync: SyncByName,
): Promise<{ row: ToolRow; version: Version | null }> {
  const { database } = ctx;
  const [version, recommendation, health] = await Promise.all([
    tool.activeVersion === null ? null : database.versions.find(tool.name, tool.activeVersion),
    recommendTool(ctx, tool, settings),
    toolHealth(ctx, tool, settings),
  ]);
  const row: ToolRow = {
    name: tool.name,
    kind: tool.kind,
    description: version?.manifest.description ?? "",
    strategy: recommendation.strategy,
    riskLevel: recommendation.riskLevel,
    safeForAutoDeployment: recommendation.safeForAutoDeployment,
    health,
    activeVersion: tool.activeVersion,
    syncState: sync.get(tool.name)?.state ?? "missing",
    recommendation,
    owners: version?.manifest.owners ?? [],
    loadError: tool.loadError,
  };
  return { row, version };
}

/** Newest executions whose effects are held against what the tool declares, beside what calls were noted for. */
const OBSERVED = 50;

/** What a version was seen doing: noted with its calls, and in its newest executions, imported ones included. */
async function observe(
  { database }: Context,
  { tool, number }: Version,
): Promise<{ observations: Observation[]; kinds: ReadonlySet<string> }> {
  const [observations, { items }] = await Promise.all([
    database.observations.list(tool, number),
    database.executions.list({ tool, version: number }, { limit: OBSERVED }),
  ]);
  return { observations, kinds: new Set([...observations.map(({ what }) => what), ...observedEffectKinds(items)]) };
}

/** The recommendation object of a tool, from what its active version declares and what was seen of it. */
export async function recommendTool(ctx: Context, tool: Tool, settings: Settings): Promise<RecommendationView> {
  const { database } = ctx;
  const version = tool.activeVersion === null ? null : await database.versions.find(tool.name, tool.activeVersion);
  if (version === null)
    return {
      toolName: tool.name,
      strategy: "manual",
      safeForAutoDeployment: false,
      riskLevel: "high",
      steps: [`Repair tools/${tool.name}.ts: no version of it ever loaded`],
      warnings: [tool.loadError ?? "No version ever loaded"],
    };
  const { kinds } = await observe(ctx, version);
  return recommend(tool.name, version.manifest.characteristics, {
    contradictions: contradictions(version.manifest, kinds),
    repeats: isRepeated(kinds),
    hasTestCases: version.manifest.testCases.length > 0,
    agreementThreshold: policyOf(settings, tool.settings).agreementThreshold,
    monitorCalls: settings.monitorCalls,
  });
}

/** Health of the active version, from everything recorded of it. */
export async function toolHealth(ctx: Context, tool: Tool, settings: Settings): Promise<Health> {
  if (tool.activeVersion === null) return "unknown";
  const { database } = ctx;
  const [statistics, { items: opportunities }] = await Promise.all([
    database.executions.statistics({ tool: tool.name, version: tool.activeVersion }),
    database.opportunities.list({ tool: tool.name }, { limit: 50 }),
  ]);
  let succeeded = 0;
  let failures = 0;
  for (const { counts } of statistics) {
    succeeded += counts.succeeded ?? 0;
    failures += (counts.failed ?? 0) + (counts.timed_out ?? 0);
  }
  return healthOf({
    calls: succeeded + failures,
    failures,
    target: tool.settings.target ?? settings.target,
    opportunities,
  });
}
