"use server";
import { defineAction } from "#app/define-action.ts";
import { callTool } from "#lib/commands/call-tool.ts";
import { changeToolSettings } from "#lib/commands/change-settings.ts";

export const call = defineAction(callTool, {
  answer: ({ id, status, output, error, latencyMs, version }) => ({
    id,
    status,
    output: output ?? null,
    error: error === undefined ? null : { name: error.name, code: error.code ?? null, message: error.message },
    latencyMs,
    version,
  }),
});

export const changePolicy = defineAction(changeToolSettings, { answer: () => null });
