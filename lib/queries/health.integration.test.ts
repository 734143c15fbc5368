import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

async function ask<Answer>(method: string, path: string, body?: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${house.key}`, "content-type": "application/json" };
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return (await response.json()) as Answer;
}

const HOUR = 3_600_000;

async function plant(number: number, hoursAgo: number, status: "succeeded" | "failed"): Promise<void> {
  const from = Date.now() - hoursAgo * HOUR;
  const outcome =
    status === "succeeded" ? { output: { result: 1 } } : { error: { name: "TypeError", message: "no", stack: "" } };
  const lines = Array.from({ length: number }, (_, at) =>
    JSON.stringify({
      ...{ tool: "calculator", version: 1, startedAt: new Date(from + at * 1_000), latencyMs: 2, status },
      ...{ input: { operation: "divide", a: at, b: 1 }, ...outcome },
    }),
  );
  const response = await fetch(`${house.url}/api/v1/executions/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${house.key}`, "content-type": "application/x-ndjson" },
    body: `${lines.join("\n")}\n`,
  });
  expect(await response.json()).toMatchObject({ imported: number });
}

const health = async () => (await ask<{ health: string }>("GET", "/tools/calculator")).health;

it("a tool whose failures are over is not called failing once detection has looked, until it fails again", async () => {
  await plant(300, 60, "succeeded");
  await plant(80, 40, "failed");
  await plant(250, 30, "succeeded");
  await plant(250, 2, "succeeded");
  // Nobody looked yet: the whole record speaks.
  expect(await health()).toBe("failing");
  await ask("POST", "/detections", "{}");
  const { items } = await ask<{ items: { kind: string }[] }>("GET", "/opportunities?tool=calculator");
  expect(items.filter(({ kind }) => kind === "failing")).toEqual([]);
  expect(await health()).toBe("healthy");
  await ask("POST", "/tools/calculator/executions", '{"input":{"operation":"divide","a":1,"b":0}}');
  expect(await health()).toBe("failing");
});
