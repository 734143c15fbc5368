/** Random runs of edits on disk, syncs, deployments and rollbacks over two connections: nothing is ever lost. */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { sha256 } from "#lib/core/json.ts";
import { isProblem } from "#lib/core/problem.ts";
import { seededRandom } from "#lib/core/random.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { createMakeActive } from "#lib/pipeline/6-deploy/make-active.ts";
import { createRollBack } from "#lib/pipeline/8-rollback/index.ts";
import { ADA, addTool, BEN, divider, GUARD, openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { captureEdit } from "./capture-edit.ts";
import { checkSyncStatus } from "./check-sync-status.ts";
import { resolveSync } from "./resolve-sync.ts";

/** A thousand take half an hour: `WHETSTONE_RUNS=1000`. */
const RUNS = Number(process.env.WHETSTONE_RUNS || 5);
const SEED = Number(process.env.WHETSTONE_SEED || 20261123);
const RUNS_A_SHOP = 25;
const ROUNDS = 4;
const TOOLS = ["a", "b", "c"];

/** Two installations on one database and one tools folder, as two processes have them. */
type House = { readonly shop: Workshop; readonly parts: readonly Workshop[]; close(): Promise<void> };

async function openHouse(): Promise<House> {
  const shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  const database = await createDatabase({ url: shop.url, clock: shop.clock });
  const files = createFiles({ toolsFolder: shop.tools, backupsFolder: shop.backups });
  return {
    shop,
    parts: [shop, { ...shop, database, files }],
    async close() {
      await database.close();
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

async function run(parts: readonly Workshop[], names: readonly string[], draw: Draw): Promise<void> {
  const [shop] = parts;
  if (shop === undefined) throw new Error("no shop");
  // On a busy machine a good file may run out of time at its first look.
  for (const name of names) await addTool(shop, name).catch(() => addTool(shop, name));
  const ledgers = names.map((tool): Ledger => ({ tool, edits: new Set(), deployed: new Set(), versions: new Map() }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const turns = ledgers.flatMap((ledger, index) => {
      // A person and the machine never write one file in the same instant; other tools go on meanwhile.
      if (draw.below(3) === 0) return [edit(shop, ledger, draw)];
      return [act(parts[draw.below(2)] ?? shop, ledger, draw), act(parts[(index + round) % 2] ?? shop, ledger, draw)];
    });
    const ended = await Promise.allSettled(turns);
    for (const one of ended) if (one.status === "rejected" && !isProblem(one.reason)) throw one.reason;
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

async function act(parts: Workshop, ledger: Ledger, draw: Draw): Promise<void> {
  const { tool, deployed } = ledger;
  const kind = draw.below(8);
  const [pick, source] = [draw.below(8), fresh(tool, draw)];
  if (kind === 0) await captureEdit(parts, tool);
  else if (kind === 1) await resolveSync(parts, { tool, resolution: "take_disk" }, ADA);
  else if (kind === 2) await resolveSync(parts, { tool, resolution: "take_database" }, BEN);
  else if (kind === 3) await resolveSync(parts, { tool, resolution: "merge" }, ADA);
  else {
    const deployParts = { ...parts, onActivated: () => {} };
    const { makeActive } = createDeploy(deployParts);
    const versions = await parts.database.versions.list(tool);
    if (kind === 4) {
      const version = versions[pick % versions.length]?.number;
      await createRollBack({ ...parts, makeActive })({ tool, version, reason: "by chance" }, BEN);
      return;
    }
    const number = (await parts.database.tools.find(tool))?.activeVersion;
    const from = versions.find((one) => one.number === number);
    if (from === undefined) return;
    const birth = { author: ADA, reason: "by chance", origin: "proposal" as const, parents: [from.number] };
    const done = await createMakeActive(deployParts)(
      {
        kind: "deploy",
        tool,
        from,
        to: { source, hash: sha256(source), birth },
        proposal: null,
        probes: [],
        reason: "",
      },
      ADA,
    );
    if (done.state === "done") deployed.add(source);
  }
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
          await run(house?.parts ?? [], names, draw);
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
