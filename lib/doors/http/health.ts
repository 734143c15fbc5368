/** Whether the process lives, and whether it can serve. */
import type { Machinery } from "#lib/commands/command.ts";

export type Readiness = {
  readonly ready: boolean;
  readonly database: { readonly ready: boolean };
  readonly sandbox: { engine: string; jailed: boolean; workers: number; detail: string; ready: boolean };
};

/** Looks at what answering a call needs; the sandbox says plainly whether it is jailed. */
export async function readiness(machinery: Machinery): Promise<Readiness> {
  const database = await machinery.database.ready().catch(() => false);
  const sandbox = machinery.sandbox.describe();
  const running = sandbox.workers > 0;
  return { ready: database && running, database: { ready: database }, sandbox: { ...sandbox, ready: running } };
}
