import { afterAll, beforeAll, expect, test } from "vitest";
import type { Effect } from "#lib/core/tool.ts";
import type { Outcome } from "#lib/core/words.ts";
import { createTestDatabase, type TestDatabase } from "#lib/testing/postgres.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.close());

test("what is asked of all tools at once is what is asked of each", async () => {
  const { database } = store;
  const until = new Date("2024-06-02T00:00:00Z");
  const since = new Date("2024-06-01T00:00:00Z");
  const statuses = ["succeeded", "succeeded", "failed", "timed_out", "refused", "rejected"] as const;
  const effect: Effect = { call: 0, kind: "kv.get", request: "n", response: 1, startedMs: 0, endedMs: 1 };
  const all = ["bulk_a", "bulk_b"].flatMap((tool, of) =>
    Array.from({ length: 60 }, (_, index) => ({
      tool,
      version: 1 + (index % 2),
      status: statuses[(index + of) % statuses.length] as Outcome,
      latencyMs: index * (of + 1),
      startedAt: new Date(since.getTime() + index * 20 * 60_000),
      input: index,
      effects: index === 7 ? [effect] : [],
      caller: "test",
      shape: "s",
    })),
  );
  await database.executions.import(all);

  const hours = await database.executions.hours(since, 24);
  const p95 = await database.executions.newestP95(["bulk_a", "bulk_b", "bulk_none"], since, 1_000);
  for (const tool of ["bulk_a", "bulk_b"]) {
    const one = await database.executions.traffic(tool, since, until, 24);
    expect(hours.get(tool)?.slice(0, 24)).toEqual(
      one.map(({ calls, failures, refused, rejected }) => ({ calls, failures, refused, rejected })),
    );
    const [whole] = await database.executions.traffic(tool, since, until, 1);
    expect(p95.get(tool)).toBeCloseTo(whole?.p95Ms ?? Number.NaN);
  }
  expect(p95.has("bulk_none")).toBe(false);

  const versions = [
    { tool: "bulk_a", number: 2 },
    { tool: "bulk_b", number: 1 },
    { tool: "bulk_b", number: 3 },
  ];
  const statistics = await database.executions.statistics({ since, until });
  const outcomes = await database.executions.outcomes(versions);
  expect(outcomes.map(({ tool, version }) => `${tool} ${version}`).sort()).toEqual(["bulk_a 2", "bulk_b 1"]);
  for (const { tool, version, counts } of outcomes)
    expect(statistics.find((one) => one.tool === tool && one.version === version)?.counts).toEqual(counts);
  expect(await database.executions.newestEffects(versions, 50)).toEqual([
    { tool: "bulk_a", version: 2, effects: [effect] },
  ]);
  expect(await database.executions.newestEffects(versions, 5)).toEqual([]);
});
