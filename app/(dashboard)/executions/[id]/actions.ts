"use server";
import { defineAction } from "#app/define-action.ts";
import { makeCase } from "#lib/commands/make-case.ts";
import { replayExecution } from "#lib/commands/replay-execution.ts";

export const saveCase = defineAction(makeCase, { answer: ({ description }) => ({ description }) });

export const replay = defineAction(replayExecution, {
  answer: ({ version, same, status, output, error, latencyMs, differences, askedFor }) => ({
    version,
    same,
    status,
    output: output ?? null,
    error: error === undefined ? null : `${error.code ?? error.name}: ${error.message}`,
    latencyMs,
    paths: differences.map(({ path }) => path),
    askedFor: askedFor === undefined ? null : `${askedFor.kind} ${JSON.stringify(askedFor.request)}`,
  }),
  revalidate: () => [],
});
