import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { decide } from "./decide.ts";
import { gather } from "./gather.ts";

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await createTestDatabase());
});
afterAll(() => close?.());

const START = Date.UTC(2026, 10, 1, 12, 0, 0, 7);

/** A call so many milliseconds after the first. */
function call(tool: string, afterMs: number, status: Outcome, latencyMs = 5): ImportedExecution {
  const error = status === "failed" ? { error: { name: "TypeError", message: "no", stack: "" }, cluster: "c" } : {};
  return {
    ...{ tool, version: 1, startedAt: new Date(START + afterMs), latencyMs, status, input: afterMs },
    ...{ effects: [], caller: "agent", shape: "s", ...error },
  };
}

async function problemsOf(tool: string, calls: readonly ImportedExecution[]) {
  await database.tools.upsert({ name: tool, loadError: null });
  await database.executions.import([...calls]);
  const [settings, found] = await Promise.all([database.settings.get(), database.tools.find(tool)]);
  if (found === null) throw new Error("gone");
  const record = await gather(database, { ...found, activeVersion: 1 }, settings);
  if (record === null) throw new Error("never called");
  return decide(record, new Date(record.until)).problems;
}

test("a burst that turns bad is told to the call, alone and with a call long after it", async () => {
  // 150 good calls in 0.3 s, then every third of 150 fails; nine are refused, two of them after the change.
  const burst = [
    ...Array.from({ length: 150 }, (_, index) => call("burst", index * 2, "succeeded")),
    ...Array.from({ length: 7 }, (_, index) => call("burst", index * 40 + 1, "refused")),
    ...Array.from({ length: 150 }, (_, index) =>
      call("burst", 300 + index * 2, index % 3 === 0 ? "failed" : "succeeded"),
    ),
    ...[401, 451].map((at) => call("burst", at, "refused")),
  ];
  const turned = new Date(START + 300);
  const [alone] = await problemsOf("burst", burst);
  expect(alone).toMatchObject({
    kind: "failing",
    statistics: { calls: 150, failures: 50, refused: 2, since: turned, change: { at: turned, before: { calls: 150 } } },
  });
  const [later] = await problemsOf("burst", [call("burst", 38 * 60_000, "failed")]);
  expect(later?.statistics).toMatchObject({ calls: 151, failures: 51, refused: 2, since: turned });
  expect(later?.findings.join()).toContain("0 of 150 calls failed before, 51 of 151 calls since");
});

test("an even record with few failures has no beginning", async () => {
  const even = Array.from({ length: 400 }, (_, index) =>
    call("even", index * 60_000, index % 4 === 1 ? "failed" : "succeeded"),
  );
  const [found] = await problemsOf("even", even);
  expect(found?.statistics.change).toBeUndefined();
  expect(found?.statistics).toMatchObject({ calls: 400, failures: 100, since: new Date(START) });
});

test("a tool that got slower is told from when, and by how much", async () => {
  const HOUR_MS = 3_600_000;
  const calls = Array.from({ length: 300 }, (_, index) =>
    call("late", (index * HOUR_MS) / 2, "succeeded", index < 220 ? 20 + (index % 3) : 200 + (index % 7)),
  );
  const [found] = await problemsOf("late", calls);
  expect(found).toMatchObject({
    kind: "slow",
    statistics: { latency: { late: 80, of: 80, since: new Date(START + 110 * HOUR_MS) } },
  });
  expect(found?.statistics.badCallsPerDay).toBeGreaterThan(10);
  expect(found?.clusters[0]?.count).toBe(80);
});

const DAY_MS = 24 * 3_600_000;

/** So many calls a day for seven days, evenly; what each took is told by how many days are left. */
function week(tool: string, aDay: number, tookMs: (daysLeft: number, index: number) => number): ImportedExecution[] {
  return Array.from({ length: 7 * aDay }, (_, index) => {
    const after = (index * DAY_MS) / aDay;
    return call(tool, after, "succeeded", tookMs(7 - after / DAY_MS, index));
  });
}

test("what got slower more than a day ago is found on a tool that is called all the time", async () => {
  const [found] = await problemsOf(
    "step",
    week("step", 2_000, (left, index) => (left > 1.25 ? 90 + (index % 20) : 280 + (index % 40))),
  );
  expect(found?.kind).toBe("slow");
  expect(found?.statistics.latency).toMatchObject({ late: 500, of: 500, heldTo: "before" });
  expect(found?.statistics.latency?.beforeMs).toBeLessThan(110);
  const began = START + 5.75 * DAY_MS;
  expect(Math.abs((found?.statistics.latency?.since?.getTime() ?? 0) - began)).toBeLessThanOrEqual(3_600_000);
});

test("what gets slower a little every day is found", async () => {
  const [found] = await problemsOf(
    "creep",
    week("creep", 1_000, (left, index) => (220 - 17 * left) * (0.9 + (index % 21) / 100)),
  );
  expect(found?.kind).toBe("slow");
});

test("a tool that is slower at noon than at night does not get slow every noon", async () => {
  // The last eight hours of each day, at whose end the record ends, are twice as slow as the others.
  const daily = (left: number, index: number) => (left % 1 < 1 / 3 ? 200 : 100) + (index % 10);
  expect(await problemsOf("noon", week("noon", 2_400, daily))).toEqual([]);
  // Calls that come in turns, one kind quick and one slow, are as mixed in what they are held against.
  expect(
    await problemsOf(
      "turns",
      week("turns", 1_200, (_, index) => (index % 2 ? 20 : 200)),
    ),
  ).toEqual([]);
  // Of a tool that was never called at this time of the day all of its days count.
  const morning = week("morning", 1_000, () => 50).filter((_, index) => index % 1_000 < 300);
  const now = Array.from({ length: 500 }, (_, index) => call("morning", 7 * DAY_MS - index * 1_000, "succeeded", 55));
  expect(await problemsOf("morning", [...morning, ...now])).toEqual([]);
  const late = now.map((one) => ({ ...one, tool: "morning-late", latencyMs: 500 }));
  const early = morning.map((one) => ({ ...one, tool: "morning-late" }));
  expect((await problemsOf("morning-late", [...early, ...late])).map(({ kind }) => kind)).toEqual(["slow"]);
});
