/** The only way from a page to a command: who asks, what is asked, which pages to look at again, a typed answer. */
import "server-only";
import { revalidatePath } from "next/cache";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { type Command, runCommand } from "#lib/commands/command.ts";
import { holds } from "#lib/core/actor.ts";
import { isProblem, Problem } from "#lib/core/problem.ts";
import type { Scope } from "#lib/core/words.ts";
import type { ActionResult } from "./action-result.ts";
import { findContext, type PageContext } from "./context.ts";

/**
 * Makes a server action of a command.
 * @param options.answer what of the command's output the page needs; it has to be serialisable
 * @param options.revalidate paths that show what changed; the whole dashboard when left out
 */
export function defineAction<Input extends z.ZodType, Output, Value>(
  command: Command<Input, Output>,
  options: {
    answer: (output: Output) => Value;
    revalidate?: (output: Output) => readonly string[];
  },
): (input: z.input<Input>) => Promise<ActionResult<Value>> {
  return (input) =>
    answerAction(async (context) => {
      const output = await runCommand(command, context, input);
      for (const path of options.revalidate?.(output) ?? []) revalidatePath(path);
      if (options.revalidate === undefined) revalidatePath("/", "layout");
      return options.answer(output);
    });
}

/**
 * Runs work for the signed-in caller and turns what it throws into a refusal; unknown causes stay in the server's log.
 * @param needs the scope that it takes, where no command asks for one itself
 */
export async function answerAction<Value>(
  work: (context: PageContext) => Promise<Value>,
  needs?: Scope,
): Promise<ActionResult<Value>> {
  try {
    const context = await findContext();
    if (context === null)
      return { ok: false, code: "unauthorized", message: "You are no longer signed in: sign in again.", details: {} };
    if (needs !== undefined && !holds(context.caller, needs))
      throw new Problem("forbidden", `${context.caller.actor.name} may not do this: it needs the scope "${needs}".`);
    return { ok: true, value: await work(context) };
  } catch (error) {
    unstable_rethrow(error);
    if (isProblem(error)) return { ok: false, code: error.code, message: error.message, details: plain(error.details) };
    process.stderr.write(`whetstone: an action failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    return {
      ok: false,
      code: "unexpected",
      message: "The server could not do this: its log has the reason. Look at the page again before you repeat it.",
      details: {},
    };
  }
}

function plain(details: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(details)) as Record<string, unknown>;
}
