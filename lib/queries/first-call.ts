/** The first call after a point in time: what somebody who connects an agent waits for. */
import type { Context } from "#lib/commands/command.ts";
import type { Execution } from "#lib/core/execution.ts";
import { maskExecutions } from "./masked.ts";

/** With its effects, as a page may show it; null while nothing has called. */
export async function readFirstCall(ctx: Context, since: Date): Promise<Execution | null> {
  const called = await ctx.database.executions.counts({ since });
  if (called.length === 0) return null;
  const first = new Date(Math.min(...called.map((one) => one.first.getTime())));
  const until = new Date(first.getTime() + 1);
  const { items } = await ctx.database.executions.list({ since: first, until }, { limit: 200 });
  const [shown] = await maskExecutions(ctx.database, items.slice(-1));
  return shown ?? null;
}
