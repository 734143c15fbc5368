/** Which tools' own cases are to be run by themselves: once for each version that becomes active, and every day. */
import type { Machinery } from "#lib/commands/command.ts";
import { CaseRun } from "#lib/core/case-run.ts";
import type { Job } from "#lib/core/version.ts";

const DAY_MS = 24 * 3_600_000;
/** As many as are begun at one look: the others wait for the next. */
const AT_ONCE = 10;

/** Whether the last run says nothing of the active version any more. */
export function isDue(
  last: Pick<Job, "state" | "result" | "createdAt"> | undefined,
  active: number,
  now: Date,
): boolean {
  if (last === undefined) return true;
  if (last.state === "queued" || last.state === "running") return false;
  const run = CaseRun.safeParse(last.result);
  if (run.success && run.data.version !== active) return true;
  return now.getTime() - last.createdAt.getTime() >= DAY_MS;
}

/** Asks for the runs that are due. @returns how many */
export async function enqueueDueCases({ database, queue, clock }: Machinery): Promise<number> {
  let count = 0;
  for (const { name, activeVersion } of await database.tools.list()) {
    if (activeVersion === null) continue;
    const { items } = await database.jobs.list({ kind: "cases", tool: name }, { limit: 1 });
    if (!isDue(items[0], activeVersion, clock.now())) continue;
    const version = await database.versions.find(name, activeVersion);
    const own = version?.manifest.testCases.length ?? 0;
    if (own === 0 && (await database.executions.cases(name)).length === 0) continue;
    await queue.enqueue({ kind: "cases", input: {}, tool: name, key: `cases:${name}` });
    count += 1;
    if (count === AT_ONCE) break;
  }
  return count;
}
