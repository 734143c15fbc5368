/** Random runs of edits on disk, syncs, deployments and rollbacks by several processes: nothing is ever lost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { sha256 } from "#lib/core/json.ts";
import { seededRandom } from "#lib/core/random.ts";
import type { Deed, Place, Told } from "#lib/testing/act-as-told.ts";
import { ADA, addTool, divider, GUARD, openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { checkSyncStatus } from "./check-sync-status.ts";
import { resolveSync } from "./resolve-sync.ts";

/** A thousand take half an hour: `WHETSTONE_RUNS=1000`, or in slices, `WHETSTONE_RUNS=100 WHETSTONE_SEED=20261223` and so on. */
const RUNS = Number(process.env.WHETSTONE_RUNS || 5);
const SEED = Number(process.env.WHETSTONE_SEED || 20261123);
const RUNS_A_SHOP = 25;
const ROUNDS = 4;
const PROCESSES = 3;
/** Deployments are drawn most often: three times in eight. */
const DEEDS: readonly Deed["what"][] = ["capture", "take_disk", "take_database", "merge", "rollback", "deploy"];
const TOOLS = ["a", "b", "c"];

/** A process that does what it is told, on the same database and the same tools folder as the others. */
type Doer = { act(deed: Omit<Deed, "id">): Promise<Told>; close(): Promise<void> };

async function startDoer({ url, tools, backups }: Workshop): Promise<Doer> {
  const script = fileURLToPath(new URL("../testing/act-as-told.ts", import.meta.url));
  const place: Place = { url, tools, backups };
  const child = spawn(
    process.execPath,
    ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", script, JSON.stringify(place)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(child, "close");
  const waiting = new Map<number, (told: Told) => void>();
  let last = 0;
  await new Promise<void>((ready, fail) => {
    void ended.then(([code]) => fail(new Error(`the process ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready") return ready();
      const told = JSON.parse(line) as Told;
      waiting.get(told.id)?.(told);
      waiting.delete(told.id);
    });
  });
  return {
    act(deed) {
      last += 1;
      const id = last;
      child.stdin.write(`${JSON.stringify({ id, ...deed } satisfies Deed)}\n`);
      return Promise.race([
        new Promise<Told>((resolve) => waiting.set(id, resolve)),
        ended.then(([code]) => ({ id, live: false, fault: `the process ended with ${code}` })),
      ]);
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

/** The person's side, which edits and looks, and the processes that sync, deploy and roll back. */
type House = { readonly shop: Workshop; readonly doers: readonly Doer[]; close(): Promise<void> };

async function openHouse(): Promise<House> {
  const shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  const doers = await Promise.all(Array.from({ length: PROCESSES }, () => startDoer(shop)));
  return {
    shop,
    doers,
    async close() {
      for (const doer of doers) await doer.close();
      await shop.close();
    },
  };
}

let house: House | null = null;
afterAll(() => house?.close());

/** What a run has to find again at its end. */
type Ledger = {
  readonly tool: string;
  /** Sources that a person saved, unless the same person saved over them before anybody looked. */
  readonly edits: Set<string>;
  /** Sources that were deployed. */
  readonly deployed: Set<string>;
  readonly versions: Map<number, string>;
};

/** What came about over all runs: a run in which nothing happens proves nothing. */
const total = { edits: 0, deployed: 0, versions: 0 };

type Draw = { below(limit: number): number };

async function run({ shop, doers }: House, names: readonly string[], draw: Draw): Promise<void> {
  // On a busy machine a good file may run out of time at its first look.
  for (const name of names) await addTool(shop, name).catch(() => addTool(shop, name));
  const ledgers = names.map((tool): Ledger => ({ tool, edits: new Set(), deployed: new Set(), versions: new Map() }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const turns = ledgers.flatMap((ledger, index) => {
      // A person and the machine never write one file in the same instant; other tools go on meanwhile.
      if (draw.below(3) === 0) return [edit(shop, ledger, draw)];
      const first = draw.below(PROCESSES);
      const others = [first, first + 1 + ((index + round) % (PROCESSES - 1))];
      return others.map((doer) => act(doers[doer % PROCESSES] as Doer, ledger, draw));
    });
    for (const one of await Promise.allSettled(turns)) if (one.status === "rejected") throw one.reason;
    for (const ledger of ledgers) await nothingLost(shop, ledger);
  }
  for (const { tool } of ledgers) {
    const [status] = await checkSyncStatus(shop, [tool]);
    if (status?.state !== "in_sync") await resolveSync(shop, { tool, resolution: "take_database" }, ADA);
    expect((await checkSyncStatus(shop, [tool]))[0]?.state).toBe("in_sync");
  }
  for (const ledger of ledgers) {
    await nothingLost(shop, ledger);
    total.edits += ledger.edits.size;
    total.deployed += ledger.deployed.size;
    total.versions += ledger.versions.size;
    await rm(join(shop.tools, `${ledger.tool}.ts`));
  }
}

let counter = 0;
/** Like the divider, with a word of its own in one of three places, so that merges have something to do. */
function fresh(tool: string, draw: Draw): string {
  counter += 1;
  const guard = draw.below(2) === 0 ? GUARD : "";
  const text = divider(tool, guard, `, edit ${counter}`);
  const places = [
    text,
    `${divider(tool, guard)}// edit ${counter}\n`,
    text.replace("9, b: 3", `${3 * counter}, b: ${counter}`),
  ];
  return places[draw.below(places.length)] ?? text;
}

async function edit({ tools, database }: Workshop, { tool, edits }: Ledger, draw: Draw): Promise<void> {
  const path = join(tools, `${tool}.ts`);
  const before = await readFile(path, "utf8").catch(() => null);
  if (before !== null && (await database.versions.findByHash(tool, sha256(before))) === null) edits.delete(before);
  const source = fresh(tool, draw);
  await writeFile(join(tools, `.${tool}.swp`), source);
  await rename(join(tools, `.${tool}.swp`), path);
  edits.add(source);
}

async function act(doer: Doer, { tool, deployed }: Ledger, draw: Draw): Promise<void> {
  const what = DEEDS[Math.min(draw.below(8), DEEDS.length - 1)] as Deed["what"];
  const [pick, source] = [draw.below(8), fresh(tool, draw)];
  const { live, fault } = await doer.act({ tool, what, pick, source });
  if (fault !== undefined) throw new Error(`${what} of ${tool}: ${fault}`);
  if (live) deployed.add(source);
}

async function nothingLost({ database, files }: Workshop, { tool, edits, deployed, versions }: Ledger): Promise<void> {
  const found = await database.versions.list(tool);
  const sources = new Set(found.map(({ source }) => source));
  for (const { number, hash, source } of found) {
    expect(sha256(source)).toBe(hash);
    expect(versions.get(number) ?? hash, `version ${number} of ${tool}`).toBe(hash);
    versions.set(number, hash);
  }
  for (const number of versions.keys()) expect(found.map((one) => one.number)).toContain(number);
  for (const source of deployed) expect(sources).toContain(source);
  const disk = await files.read(tool);
  const backups = (await files.backups(tool)).map(({ source }) => source);
  for (const source of edits) {
    const kept = sources.has(source) || disk?.source === source || backups.includes(source);
    expect(kept, `an edit of ${tool} is lost`).toBe(true);
  }
  // The file is somebody's: a version's, or a person's.
  expect(disk === null || sources.has(disk.source) || edits.has(disk.source)).toBe(true);
  const active = (await database.tools.find(tool))?.activeVersion;
  expect(found.map(({ number }) => number)).toContain(active);
  expect((await database.deployments.list({ tool, state: "running" }, {})).items).toEqual([]);
}

describe(`${RUNS} random runs of edits, syncs, deployments and rollbacks`, () => {
  it(
    "keep every version and every edit",
    async () => {
      for (let index = 0; index < RUNS; index += 1) {
        if (index % RUNS_A_SHOP === 0) {
          await house?.close();
          house = await openHouse();
        }
        const random = seededRandom(SEED + index);
        const draw = { below: (limit: number) => Math.floor(random() * limit) };
        const names = TOOLS.map((tool) => `${tool}${index}`);
        try {
          await run(house as House, names, draw);
        } catch (error) {
          throw new Error(`run ${index}, WHETSTONE_SEED=${SEED}: ${error instanceof Error ? error.message : error}`, {
            cause: error,
          });
        }
      }
      for (const count of Object.values(total)) expect(count).toBeGreaterThan(0);
    },
    Math.max(120_000, RUNS * 8_000),
  );
});
