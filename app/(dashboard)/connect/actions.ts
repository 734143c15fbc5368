"use server";
import type { ActionResult } from "#app/action-result.ts";
import { answerAction } from "#app/define-action.ts";
import { runCommand } from "#lib/commands/command.ts";
import { createKey } from "#lib/commands/create-key.ts";

/**
 * Makes a key of a name that no other has, so that its calls can be told from those of all others. Nothing is looked at
 * again: the snippet that shows the key must stay where it is.
 */
export async function makeAgentKey(): Promise<ActionResult<{ name: string; secret: string }>> {
  return answerAction(async (context) => {
    const taken = new Set((await context.database.access.listKeys()).map(({ name }) => name));
    let name = "agent";
    for (let next = 2; taken.has(name); next++) name = `agent-${next}`;
    const { secret } = await runCommand(createKey, context, { name, scopes: ["read", "call"] });
    return { name, secret };
  }, "admin");
}
