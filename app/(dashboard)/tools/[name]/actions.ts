"use server";
import { revalidatePath } from "next/cache";
import type { z } from "zod";
import type { ActionResult } from "#app/action-result.ts";
import { answerAction, defineAction } from "#app/define-action.ts";
import { type CallTool, callTool } from "#lib/commands/call-tool.ts";
import { changeToolSettings } from "#lib/commands/change-settings.ts";
import { runCommand } from "#lib/commands/command.ts";
import { makeCase } from "#lib/commands/make-case.ts";
import { RemoveCase, removeCase } from "#lib/commands/remove-case.ts";
import { startCases } from "#lib/commands/start-cases.ts";
import { isProblem } from "#lib/core/problem.ts";
import { readInputFaults } from "#lib/queries/input-faults.ts";
import { readWayBack, type WayBack } from "#lib/queries/kept-cases.ts";

/** Answers with where a rejected input broke the schema, for the fields of the form. */
export async function call(input: z.input<typeof CallTool>) {
  return answerAction(async (context) => {
    const execution = await runCommand(callTool, context, input);
    revalidatePath("/", "layout");
    const { id, status, output, error, latencyMs, version } = execution;
    return {
      id,
      status,
      output: output ?? null,
      error: error === undefined ? null : { name: error.name, code: error.code ?? null, message: error.message },
      latencyMs,
      version,
      faults: await readInputFaults(context.database, execution),
    };
  });
}

export const changePolicy = defineAction(changeToolSettings, { answer: () => null });

/** Answers what makes the case again, for as long as the notice of its removal is there. */
export async function removeToolCase(input: z.input<typeof RemoveCase>): Promise<ActionResult<WayBack | null>> {
  return answerAction(async (context) => {
    const { data } = RemoveCase.safeParse(input);
    const wayBack = data === undefined ? null : await readWayBack(context, data);
    await runCommand(removeCase, context, input);
    revalidatePath("/", "layout");
    return wayBack;
  }, "operate");
}

/** What a page sends back at most, of all cases together. */
const MOST_CARRIED = 500_000;

/**
 * Many at once; one that somebody else has removed meanwhile is as it should be.
 * @returns what makes them again, as far as it can be told; nothing where it is too much to carry
 */
export async function removeToolCases(input: {
  name: string;
  ids: readonly string[];
}): Promise<ActionResult<readonly WayBack[]>> {
  return answerAction(async (context) => {
    const ways: WayBack[] = [];
    for (const id of input.ids) {
      const { data } = RemoveCase.safeParse({ name: input.name, id });
      const way = data === undefined ? null : await readWayBack(context, data);
      await runCommand(removeCase, context, { name: input.name, id }).then(
        () => way !== null && ways.push(way),
        (error: unknown) => {
          if (!isProblem(error) || error.code !== "not_found") throw error;
        },
      );
    }
    revalidatePath("/", "layout");
    return JSON.stringify(ways).length > MOST_CARRIED ? [] : ways;
  }, "operate");
}

/** Makes them again; what waits for its review is tested when the last one is back. */
export async function putToolCasesBack(ways: readonly WayBack[]): Promise<ActionResult<null>> {
  return answerAction(async (context) => {
    for (const [index, way] of ways.entries())
      await runCommand(makeCase, context, { ...way, retest: index === ways.length - 1 });
    revalidatePath("/", "layout");
    return null;
  }, "operate");
}

export const putToolCaseBack = defineAction(makeCase, { answer: () => null });

export const startToolCases = defineAction(startCases, { answer: () => null });
