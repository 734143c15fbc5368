"use server";
import { defineAction } from "#app/define-action.ts";
import { rollBackTool } from "#lib/commands/roll-back-tool.ts";

export const rollBack = defineAction(rollBackTool, {
  answer: ({ state, toVersion, fromVersion }) => ({ state, toVersion, fromVersion }),
});
