import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import type { Context } from "#lib/commands/command.ts";
import { machine } from "#lib/core/actor.ts";
import { errorOf, failureCluster } from "#lib/core/clusters.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { Outcome } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import { callsOfCluster, failuresCounted, failuresEarlier, risenCounted } from "#lib/queries/counted-calls.ts";
import { ListExecutions, listExecutions } from "#lib/queries/executions.ts";
import { readOpportunityPage } from "#lib/queries/opportunity-page.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { gather } from "./gather.ts";
import { keep } from "./keep.ts";

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await createTestDatabase());
});
afterAll(() => close?.());

const MANIFEST: Manifest = {
  ...{ name: "late", description: "Is late", inputSchema: { type: "object" }, outputSchema: {} },
  characteristics: {
    ...{ idempotent: true, sideEffects: [], safeForShadowTesting: true },
    ...{ requiresMocking: [], testDataAvailable: false },
  },
  permissions: { network: [], kv: "none", secrets: [] },
  ...{ testCases: [], postconditions: [], owners: [], latencyBudgetMs: 500 },
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
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

/** How many calls an address lists. */
async function opened(address: string | null): Promise<number> {
  const asked = ListExecutions.parse(Object.fromEntries(new URL(String(address), "http://here").searchParams));
  return (await listExecutions({ database } as Context, { ...asked, limit: 200 })).items.length;
}

const many = (tool: string, number: number, from: number, status: Outcome, error?: string): ImportedExecution[] =>
  Array.from({ length: number }, (_, index) => call(tool, from + index * 1_000, status, error));

test("a problem that comes back says when, beside when it began first", async () => {
  const first = await detect("back", many("back", 12, START - 30 * HOUR, "failed"));
  expect(first).toMatchObject({ state: "open" });
  expect(first?.statistics.cameBackAt).toBeUndefined();
  // Other inputs for an hour are no cure; a day of good calls is believed.
  const asked = await detect("back", many("back", 60, START - 29 * HOUR, "succeeded"));
  expect(asked).toMatchObject({ state: "open", statistics: { calls: 72, failures: 12 } });
  const gone = await detect("back", many("back", 60, START, "succeeded"));
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

test("a target that is lowered below how it does ends the problem, and says so", async () => {
  const tool = "lenient";
  const calls = [...many(tool, 12, START, "failed"), ...many(tool, 188, START + MINUTE, "succeeded")];
  expect(await detect(tool, calls)).toMatchObject({ state: "open", statistics: { target: 0.99 } });
  await database.tools.setSettings(tool, { target: 0.8 });
  expect(await detect(tool, [])).toMatchObject({
    state: "resolved",
    note: "The target is 80 % now, and 188 of 200 calls succeeded",
  });
});

test("what was degrading and fails by now is one problem", async () => {
  const tool = "sinking";
  await database.tools.upsert({ name: tool, loadError: null });
  await database.tools.setSettings(tool, { target: 0.9 });
  const well = [...many(tool, 3_000, START - 60 * HOUR, "succeeded"), ...many(tool, 12, START - HOUR, "failed")];
  await detect(tool, [...well, ...many(tool, 200, START - HOUR + 12_000, "succeeded")]);
  await detect(tool, many(tool, 300, START, "failed"));
  const { items } = await database.opportunities.list({ tool }, { limit: 10 });
  expect(items.filter(({ state }) => state === "open").map(({ kind }) => kind)).toEqual(["failing"]);
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
  expect(found.statistics).toMatchObject({ calls: 16, failures: 16, change: { earlier: { calls: 20, bad: 20 } } });
  expect(await opened(failuresCounted(found))).toBe(16);
  expect(await opened(failuresEarlier(found))).toBe(20);
  for (const cluster of found.clusters) expect(await opened(callsOfCluster(found, cluster))).toBe(cluster.count);
  expect(found.clusters.map(({ count }) => count)).toEqual([14, 2]);
});

/** A tool's calls, and its problem of a kind as its page shows it. */
async function pageOf(tool: string, kind: Opportunity["kind"], calls: readonly ImportedExecution[]) {
  await detect(tool, calls);
  const { items } = await database.opportunities.list({ tool }, { limit: 10 });
  const id = items.find((one) => one.kind === kind)?.id ?? "none";
  return readOpportunityPage({ database } as Context, id);
}

test("the list beside a count of late answers holds exactly these, and so does that of those that timed out", async () => {
  const tool = "late";
  const timed = (number: number, from: number, latencyMs: number, status: Outcome = "succeeded") =>
    many(tool, number, from, status).map((one) => ({ ...one, latencyMs }));
  await database.tools.upsert({ name: tool, loadError: null });
  await database.versions.add({
    ...{ tool, source: "late", manifest: MANIFEST },
    ...{ author: machine("t"), reason: "", origin: "disk", parents: [] },
  });
  const calls = [
    ...timed(30, START, 900),
    ...timed(30, START + 2 * MINUTE, 20),
    ...timed(4, START + 5 * MINUTE, 30_000, "timed_out"),
    ...timed(3, START + 6 * MINUTE, 20, "timed_out"),
    ...timed(3, START + 7 * MINUTE, 700, "failed"),
  ];
  const { opportunity, lists } = await pageOf(tool, "slow", calls);
  expect(opportunity.statistics.latency).toMatchObject({ late: 30, of: 60, timedOut: 4 });
  expect(await opened(lists.late)).toBe(30);
  expect(await opened(lists.timedOut)).toBe(4);
  // A call of that time that comes in afterwards was not counted: the list would hold it too.
  await database.executions.import([{ ...call(tool, START + 500, "succeeded"), latencyMs: 900 }]);
  const later = await readOpportunityPage({ database } as Context, opportunity.id);
  expect(later.lists).toMatchObject({ late: null, wrong: null });
  expect(await opened(later.lists.timedOut)).toBe(4);
  // One in twenty is late at the most: it is over, and its end does not say that none was.
  await detect(tool, timed(469, START + 20 * MINUTE, 20));
  const over = await database.opportunities.find(opportunity.id);
  expect(over).toMatchObject({
    state: "resolved",
    note: "499 of the last 500 answers of version 1 came in time",
  });
});

test("what got slower and stays so is open until its answers come as they did", async () => {
  const tool = "step";
  const took = (number: number, fromHours: number, toHours: number, latencyMs: number) =>
    Array.from({ length: number }, (_, index) => ({
      ...call(tool, START - (fromHours - ((fromHours - toHours) * index) / number) * HOUR, "succeeded"),
      latencyMs: latencyMs + (index % 10),
    }));
  const look = async (calls: readonly ImportedExecution[]) => {
    await detect(tool, calls);
    return (await database.opportunities.list({ tool }, { limit: 10 })).items[0];
  };
  const first = await look([...took(1_000, 240, 124, 60), ...took(400, 124, 120, 240)]);
  expect(first).toMatchObject({ kind: "slow", state: "open" });
  // Another day, and so many that the days before are as slow.
  expect(await look(took(1_800, 120, 96, 240))).toMatchObject({ id: first?.id, state: "open" });
  expect(await look(took(5_000, 96, 24, 240))).toMatchObject({ id: first?.id, state: "open" });
  // A few quick ones are no end of it; half a day is.
  expect(await look(took(100, 24, 23, 60))).toMatchObject({ state: "open" });
  const over = await look(took(900, 23, 11, 60));
  expect(over).toMatchObject({ id: first?.id, state: "resolved" });
  expect(over?.note).toMatch(
    /^The last 500 answers of version 1 came in time: their median is 6\d ms, it was 24\d ms$/,
  );
});

test("the list beside answers marked wrong holds those of the version, by the newest word on each", async () => {
  const tool = "wrong";
  await database.tools.upsert({ name: tool, loadError: null });
  await database.executions.import([
    ...many(tool, 110, START, "succeeded"),
    ...many(tool, 1, START + 5 * MINUTE, "failed"),
    ...many(tool, 1, START + 6 * MINUTE, "succeeded").map((one) => ({ ...one, version: 2 })),
  ]);
  const { items } = await database.executions.list({ tool }, { limit: 200 });
  const say = (executionId: string, correct: boolean) =>
    database.executions.addFeedback({ executionId, tool, correct }, machine("t"));
  for (const { id } of items.slice(0, 106)) await say(id, false);
  await say(String(items[10]?.id), true);
  const { opportunity, lists } = await pageOf(tool, "incorrect", []);
  // Of 106 one failed, one is of another version, and one was called right afterwards.
  expect(opportunity.reason).toMatch(/^103 answers were marked wrong/);
  expect(opportunity.statistics).toMatchObject({ wrong: { marked: 103, cases: 0 }, counted: { bad: 103 } });
  expect(await opened(lists.wrong)).toBe(103);
  await say(String(items[20]?.id), true);
  expect((await readOpportunityPage({ database } as Context, opportunity.id)).lists.wrong).toBeNull();
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

test("a kind of failure that takes another's place is on record with its counts, which its list holds", async () => {
  await database.tools.upsert({ name: "turned", loadError: null });
  const found = await database.tools.find("turned");
  if (found === null) throw new Error("gone");
  await database.tools.setSettings("turned", { ...found.settings, target: 0.95 });
  const at = (index: number) => START - 144 * HOUR + index * 3 * MINUTE;
  // Five days of one kind, a day of the other: 3 of 100 calls each.
  await detect(
    "turned",
    Array.from({ length: 2_880 }, (_, index) => {
      const error = index < 2_400 ? "x is undefined" : "list is empty";
      return call("turned", at(index), index % 33 === 5 ? "failed" : "succeeded", error);
    }),
  );
  const [problem] = (await database.opportunities.list({ tool: "turned" }, { limit: 10 })).items;
  expect(problem).toMatchObject({ kind: "degrading", state: "open", clusters: [{ message: "list is empty" }] });
  const [risen] = problem?.statistics.risen ?? [];
  expect(risen).toMatchObject({ name: "TypeError", after: { bad: 15 }, before: { bad: 0 } });
  expect(await opened(risenCounted(problem as Opportunity, risen as NonNullable<typeof risen>))).toBe(15);
});
