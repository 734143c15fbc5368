/** Settings, each value with where it comes from. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { policyOf } from "#lib/core/policy.ts";
import { ToolName } from "#lib/core/tool.ts";
import { Settings } from "#lib/core/version.ts";
import { findTool } from "./find-or-refuse.ts";

/** Environment variables stand above settings; those of a tool stand above the global ones. */
export const SettingSource = z.enum(["environment", "settings", "tool", "default"]);
export type SettingSource = z.infer<typeof SettingSource>;

export const SettingsView = z.object({
  ...Settings.shape,
  /** Where each value comes from. */
  sources: z.record(z.string(), SettingSource),
  /** The tool that these settings are in force for; null for the global ones. */
  tool: z.string().nullable(),
  /** What answers where no model is configured. */
  generator: z.string(),
  sandbox: z.object({ engine: z.string(), jailed: z.boolean(), workers: z.number(), detail: z.string() }),
});
export type SettingsView = z.infer<typeof SettingsView>;

export const ShowSettings = z.strictObject({ tool: ToolName.optional().describe("The settings in force for a tool") });

export const ShowToolSettings = z.object({ name: ToolName });

/** Settings in force, globally or for one tool. */
export async function showSettings(ctx: Context, params: z.output<typeof ShowSettings>): Promise<SettingsView> {
  const settings = await ctx.database.settings.get();
  const defaults: Record<string, unknown> = Settings.parse({});
  const sources: Record<string, SettingSource> = {};
  for (const [key, value] of Object.entries(settings))
    sources[key] = JSON.stringify(value) === JSON.stringify(defaults[key]) ? "default" : "settings";
  const { modelName, modelBaseUrl } = ctx.environment;
  const fromEnvironment = modelName !== null && modelBaseUrl !== null;
  if (fromEnvironment) sources.model = "environment";
  const model = fromEnvironment ? { baseUrl: modelBaseUrl, name: modelName } : settings.model;
  const own = params.tool === undefined ? {} : (await findTool(ctx.database, params.tool)).settings;
  for (const [key, value] of Object.entries(own)) if (value !== undefined) sources[key] = "tool";
  return {
    ...settings,
    model,
    mode: own.mode ?? settings.mode,
    ...policyOf(settings, own),
    target: own.target ?? settings.target,
    recording: own.recording ?? settings.recording,
    retentionDays: own.retentionDays ?? settings.retentionDays,
    sources,
    tool: params.tool ?? null,
    generator: model === null ? "template repairer" : `${model.name} at ${hostOf(model.baseUrl)}`,
    sandbox: ctx.sandbox.describe(),
  };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
