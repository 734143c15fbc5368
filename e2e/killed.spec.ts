import { api, expect, test } from "./fixtures.ts";
import { startWhetstone } from "./server.ts";

test("killed under load and started again, it has every execution that it acknowledged, once", async () => {
  const first = await startWhetstone();
  const acknowledged: string[] = [];
  let killed = false;
  const caller = async (seed: number): Promise<void> => {
    for (let turn = 0; !killed && turn < 2_000; turn++) {
      try {
        const { body } = await api(first, "POST", "/tools/calculator/executions", {
          input: { operation: "add", a: seed, b: turn },
        });
        if (typeof body.id === "string") acknowledged.push(body.id);
      } catch {
        return;
      }
    }
  };
  const callers = Array.from({ length: 8 }, (_, index) => caller(index));
  await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(200);
  killed = true;
  await first.kill();
  await Promise.all(callers);

  const second = await startWhetstone({ home: first.home });
  const found = new Map<string, number>();
  let cursor: unknown;
  do {
    const { body } = await api(
      second,
      "GET",
      `/executions?limit=200${cursor === undefined ? "" : `&cursor=${cursor}`}`,
    );
    for (const { id } of body.items as { id: string }[]) found.set(id, (found.get(id) ?? 0) + 1);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  expect(acknowledged.filter((id) => found.get(id) !== 1)).toEqual([]);
  expect(
    (await api(second, "POST", "/tools/calculator/executions", { input: { operation: "add", a: 1, b: 1 } })).body,
  ).toMatchObject({ status: "succeeded" });
  await second.stop();
});
