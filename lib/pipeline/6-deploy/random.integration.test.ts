/** Several processes deploy and roll back at random, some are killed: every version is kept, and the end is whole. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "#lib/core/json.ts";
import { seededRandom } from "#lib/core/random.ts";
import { loadTools } from "#lib/registry/load-tools.ts";
import type { Plan } from "#lib/testing/act-at-random.ts";
import { divider, openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { createDeploy } from "./index.ts";

/** A thousand take some minutes: `WHETSTONE_RUNS=1000`. */
const RUNS = Number(process.env.WHETSTONE_RUNS || 24);
const SEED = Number(process.env.WHETSTONE_SEED || 20_261_123);
const PROCESSES = 3;
/** Each life of a process is so many runs long at most; one in three is killed on its way. */
const RUNS_A_LIFE = Math.min(25, Math.ceil(RUNS / PROCESSES));
const TOOLS = ["a", "b"];

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  for (const name of TOOLS) await writeFile(join(shop.tools, `${name}.ts`), divider(name));
  await loadTools(shop);
});
afterAll(() => shop?.close());

type Live = { readonly tool: string; readonly source: string };

/** One life: answers what it said went live. Where it is to be killed, that happens when it has said so many lines. */
async function live(seed: number, killAfter: number | null): Promise<Live[]> {
  const script = fileURLToPath(new URL("../../testing/act-at-random.ts", import.meta.url));
  const plan: Plan = {
    url: shop.url,
    folder: shop.tools,
    backups: shop.backups,
    tools: TOOLS,
    seed,
    runs: RUNS_A_LIFE,
  };
  const child = spawn(
    process.execPath,
    ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", script, JSON.stringify(plan)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    if (killAfter !== null && text.split("\n").length > killAfter) child.kill("SIGKILL");
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  expect(signal ?? code).toBe(signal === null ? 0 : "SIGKILL");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Live);
}

describe("several processes at random", () => {
  it(`keep every version over ${RUNS} runs`, { timeout: 120_000 + RUNS * 5_000 }, async () => {
    const random = seededRandom(SEED);
    const lives = Math.ceil(RUNS / RUNS_A_LIFE);
    const told: Live[] = [];
    let next = 0;
    await Promise.all(
      Array.from({ length: PROCESSES }, async () => {
        while (next < lives) {
          next += 1;
          const killAfter = next % 3 === 0 ? 1 + Math.floor(random() * 3) : null;
          told.push(...(await live(SEED + next, killAfter)));
        }
      }),
    );
    const rooms = createDeploy({ ...shop, onActivated: () => {} });
    await rooms.recover();
    await rooms.follow({});
    expect(told.length).toBeGreaterThan(RUNS / 8);
    for (const { tool, source } of told)
      expect((await shop.database.versions.findByHash(tool, sha256(source)))?.source).toBe(source);
    for (const name of TOOLS) {
      const versions = await shop.database.versions.list(name);
      for (const { hash, source } of versions) expect(sha256(source)).toBe(hash);
      expect(versions.map(({ number }) => number).toReversed()).toEqual(versions.map((_, index) => index + 1));
      const tool = await shop.database.tools.find(name);
      const active = versions.find(({ number }) => number === tool?.activeVersion);
      expect(await readFile(join(shop.tools, `${name}.ts`), "utf8")).toBe(active?.source);
      const { items } = await shop.database.deployments.list({ tool: name }, { limit: 200 });
      expect(items.filter(({ state }) => state === "running")).toEqual([]);
      // Each began where the one before it ended: nothing was made active past the lock.
      const done = items.filter(({ state }) => state === "done").toReversed();
      expect(done.at(-1)?.toVersion).toBe(tool?.activeVersion);
      for (const [index, { fromVersion }] of done.entries())
        if (items.length < 200) expect(fromVersion).toBe(index === 0 ? 1 : done[index - 1]?.toVersion);
    }
  });
});
