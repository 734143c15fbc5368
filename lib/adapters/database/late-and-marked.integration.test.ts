import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { machine } from "#lib/core/actor.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ExecutionFilter } from "#lib/ports/executions.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ database, close } = await createTestDatabase());
});
afterAll(() => close?.());

/** Two tools in turn over four months, a call every twelve hours: the latency is the number of the call. */
async function record(): Promise<Execution[]> {
  const made = Array.from({ length: 240 }, (_, index): Execution => {
    const startedAt = new Date(Date.now() - (240 - index) * 43_200_000);
    return {
      ...{ id: systemClock.id(), tool: index % 2 ? "odd" : "even", version: 1, startedAt, latencyMs: index },
      ...{ status: "succeeded", input: { n: index }, output: `answer ${index}`, effects: [], caller: "c", shape: "s" },
    };
  });
  await Promise.all(made.map((one) => database.executions.record(one)));
  return made;
}

/** All of a list, page by page. */
async function listed(filter: ExecutionFilter): Promise<number[]> {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await database.executions.list(filter, { limit: 7, cursor });
    seen.push(...page.items.map(({ latencyMs }) => latencyMs));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return seen;
}

test("late calls and marked ones are listed page by page, with other filters and counted the same", async () => {
  const made = await record();
  const say = (index: number, correct: boolean) => {
    const { id: executionId, tool } = made[index] as Execution;
    return database.executions.addFeedback({ executionId, tool, correct }, machine("t"));
  };

  expect(await listed({ slowerThan: 219 })).toEqual(Array.from({ length: 20 }, (_, index) => 239 - index));
  expect(await listed({ slowerThan: 219.5, tool: "odd" })).toEqual([239, 237, 235, 233, 231, 229, 227, 225, 223, 221]);
  expect(await listed({ slowerThan: 200, tool: "odd", until: (made[205] as Execution).startedAt })).toEqual([203, 201]);
  expect(await listed({ slowerThan: 200, text: "answer 21" })).toEqual([
    219, 218, 217, 216, 215, 214, 213, 212, 211, 210,
  ]);
  expect(await listed({ slowerThan: 1_000 })).toEqual([]);

  for (const index of [3, 7, 8, 100, 101, 239]) await say(index, false);
  await say(7, true);
  await say(9, true);
  await say(9, false);
  await say(10, true);
  expect(await listed({ marked: "wrong" })).toEqual([239, 101, 100, 9, 8, 3]);
  expect(await listed({ marked: "right" })).toEqual([10, 7]);
  expect(await listed({ marked: "wrong", tool: "odd", slowerThan: 5 })).toEqual([239, 101, 9]);
  const [counted] = await database.executions.counts({ marked: "wrong", tool: "odd", slowerThan: 5 });
  expect(counted?.counts).toEqual({ succeeded: 3 });
});
