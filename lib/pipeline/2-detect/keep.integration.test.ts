import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import type { Context } from "#lib/commands/command.ts";
import { errorOf, failureCluster } from "#lib/core/clusters.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { Database, ImportedExecution } from "#lib/ports/database.ts";
import { callsOfCluster, failuresCounted, failuresEarlier } from "#lib/queries/counted-calls.ts";
import { ListExecutions, listExecutions } from "#lib/queries/executions.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { gather } from "./gather.ts";
import { keep } from "./keep.ts";

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await createTestDatabase());
});
afterAll(() => close?.());

const MINUTE = 60_000;
// What happens to a problem is stamped by the clock of the test; its calls are around that.
const START = Date.now() - 60 * MINUTE;

function call(tool: string, at: number, status: Outcome, error = "no"): ImportedExecution {
  const late = status === "timed_out" ? { cluster: failureCluster(errorOf({ status })) } : {};
  const failed =
    status === "failed" ? { error: { name: "TypeError", message: error, stack: "" }, cluster: error } : late;
  return {
    ...{ tool, version: 1, startedAt: new Date(at), latencyMs: 5, status, input: at },
    ...{ effects: [], caller: "agent", shape: "s", ...failed },
  };
}

async function detect(tool: string, calls: readonly ImportedExecution[]): Promise<Opportunity | undefined> {
  await database.tools.upsert({ name: tool, loadError: null });
  await database.executions.import([...calls]);
  const [settings, found] = await Promise.all([database.settings.get(), database.tools.find(tool)]);
  if (found === null) throw new Error("gone");
  const record = await gather(database, { ...found, activeVersion: 1 }, settings);
  if (record === null) throw new Error("never called");
  await keep({ database, clock: systemClock }, record);
  return (await database.opportunities.list({ tool }, { limit: 10 })).items.find(({ kind }) => kind === "failing");
}

const many = (tool: string, number: number, from: number, status: Outcome, error?: string): ImportedExecution[] =>
  Array.from({ length: number }, (_, index) => call(tool, from + index * 1_000, status, error));

test("a problem that comes back says when, beside when it began first", async () => {
  const first = await detect("back", many("back", 12, START, "failed"));
  expect(first).toMatchObject({ state: "open" });
  expect(first?.statistics.cameBackAt).toBeUndefined();
  const gone = await detect("back", many("back", 60, START + 5 * MINUTE, "succeeded"));
  expect(gone?.state).toBe("resolved");
  const ended = Date.now();
  const back = await detect("back", many("back", 8, ended + 10 * MINUTE, "failed"));
  expect(back).toMatchObject({
    id: first?.id,
    state: "open",
    statistics: { failures: 8, cameBackAt: new Date(ended + 10 * MINUTE) },
  });
  expect(back?.openedAt).toEqual(first?.openedAt);
  const later = await detect("back", many("back", 2, ended + 11 * MINUTE, "failed"));
  expect(later?.statistics).toMatchObject({ failures: 10, cameBackAt: new Date(ended + 10 * MINUTE) });
});

test("a link beside a count opens exactly the calls that were counted", async () => {
  const tool = "linked";
  const found = await detect(tool, [
    ...many(tool, 20, START, "failed"),
    ...many(tool, 60, START + 5 * MINUTE, "succeeded"),
    ...many(tool, 14, START + 10 * MINUTE, "failed"),
    ...many(tool, 2, START + 11 * MINUTE, "timed_out"),
  ]);
  if (found === undefined) throw new Error("no problem");
  const opened = async (address: string | null): Promise<number> => {
    const asked = ListExecutions.parse(Object.fromEntries(new URL(String(address), "http://here").searchParams));
    return (await listExecutions({ database } as Context, { ...asked, limit: 200 })).items.length;
  };
  expect(found.statistics).toMatchObject({ calls: 16, failures: 16, change: { earlier: { calls: 20, bad: 20 } } });
  expect(await opened(failuresCounted(found))).toBe(16);
  expect(await opened(failuresEarlier(found))).toBe(20);
  for (const cluster of found.clusters) expect(await opened(callsOfCluster(found, cluster))).toBe(cluster.count);
  expect(found.clusters.map(({ count }) => count)).toEqual([14, 2]);
});

test("what was dismissed stays out when other failures bring the problem back, until a person opens it", async () => {
  const tool = "design";
  const first = await detect(tool, many(tool, 20, START, "failed", "as meant"));
  const id = String(first?.id);
  await database.opportunities.update(id, { state: "dismissed" });
  const ended = Date.now();
  const other = many(tool, 8, ended + MINUTE, "failed", "quite another thing");
  const back = await detect(tool, other);
  const figures = { failures: 8, calls: 8, cameBackAt: new Date(ended + MINUTE), dismissed: { failures: 20 } };
  expect(back).toMatchObject({ id, state: "open", statistics: figures });
  expect(back?.clusters.map(({ message }) => message)).toEqual(["quite another thing"]);
  const later = await detect(tool, many(tool, 1, ended + 2 * MINUTE, "failed", "as meant"));
  expect(later?.clusters.map(({ message }) => message)).toEqual(["quite another thing"]);
  expect(later?.statistics).toMatchObject({ ...figures, dismissed: { failures: 21 } });
});
