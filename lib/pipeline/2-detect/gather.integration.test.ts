import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "#lib/core/words.ts";
import type { Database, ImportedExecution } from "#lib/ports/database.ts";
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
