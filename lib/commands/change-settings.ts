/** Changes global settings, or those of one tool. */
import { z } from "zod";
import { DEFAULT_APPROVERS, mergeApprovers, SomeApproverChanges } from "#lib/core/policy.ts";
import { Problem } from "#lib/core/problem.ts";
import { movedSince, seenNow } from "#lib/core/seen-settings.ts";
import { changeInWords } from "#lib/core/setting-words.ts";
import { ToolName } from "#lib/core/tool.ts";
import { Settings, ToolSettings } from "#lib/core/version.ts";
import { findTool } from "#lib/queries/find-or-refuse.ts";
import { movedMeanwhile } from "#lib/queries/moved-settings.ts";
import { type SettingsView, showSettings } from "#lib/queries/settings.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

const { shape } = Settings;

const Seen = z.union([
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
  z.strictObject({ baseUrl: z.string(), name: z.string() }),
  SomeApproverChanges,
]);

/** Values of settings by their names, as somebody saw them. */
const seenOf = <Shape extends z.ZodRawShape>(settings: z.ZodObject<Shape>) =>
  z
    .partialRecord(settings.keyof(), Seen)
    .optional()
    .describe(
      "What was seen of the settings that are changed (of `approvers` the cells): where one is another by now, 409 names who changed it and nothing is saved",
    );

/** Every global setting without its default, so that an absent one stays as it is. */
export const ChangeSettings = z.strictObject({
  mode: shape.mode.unwrap().optional(),
  autoDeploy: shape.autoDeploy.unwrap().optional(),
  target: shape.target.unwrap().optional(),
  agreementThreshold: shape.agreementThreshold.unwrap().optional(),
  requiredApprovals: shape.requiredApprovals.unwrap().optional(),
  fourEyes: shape.fourEyes.unwrap().optional(),
  reasonRequired: shape.reasonRequired.unwrap().optional(),
  approvers: shape.approvers
    .unwrap()
    .optional()
    .describe("Who has to approve, by strategy and verdict; merged into the table"),
  monitorCalls: shape.monitorCalls.unwrap().optional(),
  monitorHours: shape.monitorHours.unwrap().optional(),
  backgroundLoop: shape.backgroundLoop.unwrap().optional(),
  recording: shape.recording.unwrap().optional(),
  retentionDays: shape.retentionDays
    .unwrap()
    .optional()
    .describe("Executions that are older are deleted within the hour; null keeps them for ever"),
  model: z
    .strictObject({
      baseUrl: z.url({ protocol: /^https?$/, error: "takes an address such as http://127.0.0.1:11434/v1" }),
      name: z.string().trim().min(1).max(200),
    })
    .nullable()
    .optional()
    .describe(
      "An OpenAI-compatible endpoint and the model to ask there; its key is OPENAI_API_KEY. null: the templates",
    ),
  seen: seenOf(Settings),
});

export const changeSettings = defineCommand({
  name: "settings.change",
  summary: "Change global settings, the mode among them",
  scope: "admin",
  input: ChangeSettings,
  async run({ ctx, input: { seen = {}, ...given } }): Promise<SettingsView> {
    const change = present(given);
    if (change.model !== undefined && ctx.environment.modelName !== null)
      throw new Problem(
        "conflict",
        "model: WHETSTONE_MODEL stands above this setting; take the variable away and start again to set it here.",
      );
    const movedFrom = (now: Settings) => movedSince(seen, inForce(now), change);
    await record(ctx, async (database) => {
      let before = Settings.parse({});
      // Made of what is there under the lock: two people who change different cells both get theirs.
      const after = await database.settings.set((now) => {
        before = now;
        if (movedFrom(now).length > 0) return {};
        return { ...change, approvers: mergeApprovers(now.approvers, change.approvers) };
      });
      const moved = movedFrom(before);
      if (moved.length > 0) {
        const now = seenNow(seen, inForce(before));
        throw await movedMeanwhile(database, moved, { tool: null, now, by: ctx.caller.actor });
      }
      return {
        answer: undefined,
        audit: {
          verb: "settings.changed",
          tool: null,
          subject: { kind: "settings", id: "global" },
          summary: changeInWords(change, before, after),
        },
        events: [{ kind: "settings", id: "global" }],
      };
    });
    return showSettings(ctx, {});
  },
});

/** What a page shows of them: the whole table of approvers. */
function inForce(settings: Settings): object {
  return { ...settings, approvers: mergeApprovers(DEFAULT_APPROVERS, settings.approvers) };
}

/** A tool's own settings; null takes one back to the global value. */
export const ChangeToolSettings = z.strictObject({
  name: ToolName,
  mode: ToolSettings.shape.mode.nullable(),
  autoDeploy: ToolSettings.shape.autoDeploy.nullable(),
  requiredApprovals: ToolSettings.shape.requiredApprovals.nullable(),
  fourEyes: ToolSettings.shape.fourEyes.nullable(),
  reasonRequired: ToolSettings.shape.reasonRequired.nullable(),
  agreementThreshold: ToolSettings.shape.agreementThreshold.nullable(),
  approvers: SomeApproverChanges.nullable()
    .optional()
    .describe("Merged into the tool's own table; null takes a cell, or the whole table, back to the global one"),
  target: ToolSettings.shape.target.nullable(),
  recording: ToolSettings.shape.recording.nullable(),
  retentionDays: shape.retentionDays
    .unwrap()
    .optional()
    .describe("Executions of the tool that are older are deleted within the hour; null: as the global setting says"),
  seen: seenOf(ToolSettings),
});

export const changeToolSettings = defineCommand({
  name: "tools.settings.change",
  summary: "Change the settings of one tool; null follows the global one again",
  scope: "admin",
  input: ChangeToolSettings,
  async run({ ctx, input }): Promise<SettingsView> {
    const { name, seen = {}, ...given } = input;
    const change = present(given);
    await record(ctx, async (database) => {
      await database.tools.lock(name);
      const { settings: before } = await findTool(database, name);
      const moved = movedSince(seen, before, change);
      if (moved.length > 0) {
        const now = seenNow(seen, before);
        throw await movedMeanwhile(database, moved, { tool: name, now, by: ctx.caller.actor });
      }
      const table = change.approvers
        ? { approvers: withoutGaps(mergeApprovers(before.approvers ?? {}, change.approvers)) }
        : {};
      const merged = Object.entries({ ...before, ...change, ...table }).filter(([, value]) => value !== null);
      const after = ToolSettings.parse(Object.fromEntries(merged));
      await database.tools.setSettings(name, after);
      return {
        answer: undefined,
        audit: {
          verb: "tool.settings_changed",
          tool: name,
          subject: { kind: "tool", id: name },
          summary: `${name}: ${changeInWords(change, before, after)}`,
        },
        events: [
          { kind: "settings", id: name, tool: name },
          { kind: "tool", id: name, tool: name },
        ],
      };
    });
    return showSettings(ctx, { tool: name });
  },
});

/** A table without the cells that were taken back, and without empty rows; null where nothing is left. */
function withoutGaps(table: object): object | null {
  const rows = Object.entries(table).flatMap(([strategy, row]) => {
    const cells = Object.entries(row ?? {}).filter(([, who]) => who !== null && who !== undefined);
    return cells.length === 0 ? [] : [[strategy, Object.fromEntries(cells)] as const];
  });
  return rows.length === 0 ? null : Object.fromEntries(rows);
}

type Present<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The members that were really sent. */
function present<T extends object>(input: T): Present<T> {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined);
  if (entries.length === 0) throw new Problem("invalid_input", "Nothing to change: send at least one setting.");
  return Object.fromEntries(entries) as Present<T>;
}
