"use server";
import { defineAction } from "#app/define-action.ts";
import { callTool } from "#lib/commands/call-tool.ts";
import { changeToolSettings } from "#lib/commands/change-settings.ts";
import { removeCase } from "#lib/commands/remove-case.ts";
import { runCases } from "#lib/commands/run-cases.ts";

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

export const removeToolCase = defineAction(removeCase, { answer: ({ id }) => ({ id }) });

export const runToolCases = defineAction(runCases, {
  answer: ({ version, passed, total, items }) => ({
    version,
    passed,
    total,
    items: items.map(({ id, description, passed: one, status, output, error, latencyMs }) => ({
      id: id ?? null,
      description,
      passed: one,
      status,
      got:
        error === undefined ? JSON.stringify(output ?? null, null, 2) : `${error.code ?? error.name}: ${error.message}`,
      latencyMs,
    })),
  }),
  revalidate: () => [],
});
