/** The first call after a point in time: what somebody who connects an agent waits for. */
import type { Context } from "#lib/commands/command.ts";
import type { Execution } from "#lib/core/execution.ts";
import { maskExecutions } from "./masked.ts";

/** How far back a caller counts as one that was calling already. */
const BEFORE_MS = 24 * 3_600_000;

export type FirstCall = {
  /** With its effects, as a page may show it; null while nothing has called. */
  readonly call: Execution | null;
  /** Who called it did so before as well: nothing says that it is the agent that somebody waits for. */
  readonly wasCalling: boolean;
  /** Nothing was ever called before. */
  readonly none: boolean;
};

/**
 * Looks for the first call since then.
 * @param caller takes the calls of one key alone
 */
export async function readFirstCall(ctx: Context, since: Date, caller?: string | undefined): Promise<FirstCall> {
  const { executions } = ctx.database;
  const [called, before] = await Promise.all([
    executions.counts({ since, caller }),
    executions.list({ until: since }, { limit: 1 }),
  ]);
  const none = before.items.length === 0;
  if (called.length === 0) return { call: null, wasCalling: false, none };
  const first = new Date(Math.min(...called.map((one) => one.first.getTime())));
  const until = new Date(first.getTime() + 1);
  const { items } = await executions.list({ since: first, until, caller }, { limit: 200 });
  const [call = null] = await maskExecutions(ctx.database, items.slice(-1));
  if (call === null || none || caller !== undefined) return { call, wasCalling: false, none };
  const earlier = new Date(since.getTime() - BEFORE_MS);
  const known = await executions.list({ caller: call.caller, since: earlier, until: since }, { limit: 1 });
  return { call, wasCalling: known.items.length > 0, none };
}
