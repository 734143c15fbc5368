import { chmod, cp, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { api, expect, test } from "./fixtures.ts";
import { type RunningWhetstone, startWhetstone } from "./server.ts";

/** Callers that keep calling until they are told to stop; what was answered is acknowledged. */
function startLoad(server: RunningWhetstone, { onError }: { onError: "give up" | "call again" }) {
  const acknowledged: string[] = [];
  let over = false;
  const caller = async (seed: number): Promise<void> => {
    for (let turn = 0; !over && turn < 20_000; turn++) {
      try {
        const { body } = await api(server, "POST", "/tools/calculator/executions", {
          input: { operation: "add", a: seed, b: turn },
        });
        if (body.status === "succeeded") acknowledged.push(body.id as string);
      } catch {
        if (onError === "give up") return;
      }
    }
  };
  const callers = Array.from({ length: 8 }, (_, index) => caller(index));
  return {
    acknowledged,
    async stop() {
      over = true;
      await Promise.all(callers);
    },
  };
}

/** Acknowledged executions that are not on record exactly once. */
async function lostOrDoubled(server: RunningWhetstone, acknowledged: readonly string[]): Promise<string[]> {
  const found = new Map<string, number>();
  let cursor: unknown;
  do {
    const { body } = await api(
      server,
      "GET",
      `/executions?limit=200${cursor === undefined ? "" : `&cursor=${cursor}`}`,
    );
    for (const { id } of body.items as { id: string }[]) found.set(id, (found.get(id) ?? 0) + 1);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return acknowledged.filter((id) => found.get(id) !== 1);
}

test("killed under load and started again, it has every execution that it acknowledged, once", async () => {
  const first = await startWhetstone();
  const load = startLoad(first, { onError: "give up" });
  await expect.poll(() => load.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(200);
  await first.kill();
  await load.stop();

  const second = await startWhetstone({ home: first.home });
  expect(await lostOrDoubled(second, load.acknowledged)).toEqual([]);
  expect(
    (await api(second, "POST", "/tools/calculator/executions", { input: { operation: "add", a: 1, b: 1 } })).body,
  ).toMatchObject({ status: "succeeded" });
  await second.stop();
});

test("its PostgreSQL killed under load, it goes on by itself with every execution that it acknowledged, once", async () => {
  // A folder that others may enter keeps the database inside, where its process can be found.
  const home = await mkdtemp(join(tmpdir(), "whetstone-e2e-"));
  await chmod(home, 0o755);
  const tools = fileURLToPath(new URL("../tools", import.meta.url));
  await cp(tools, join(home, "tools"), { recursive: true });
  const server = await startWhetstone({ home });
  const load = startLoad(server, { onError: "call again" });
  for (let round = 0; round < 2; round += 1) {
    const before = load.acknowledged.length;
    await expect.poll(() => load.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(before + 100);
    const pid = Number((await readFile(join(home, "pg", "postmaster.pid"), "utf8")).split("\n")[0]);
    process.kill(pid, "SIGKILL");
    const atKill = load.acknowledged.length;
    await expect.poll(() => load.acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(atKill + 100);
  }
  await load.stop();
  expect(await lostOrDoubled(server, load.acknowledged)).toEqual([]);
  const ready = await fetch(`${server.url}/api/readyz`);
  expect(ready.status).toBe(200);
  await server.stop();
});
