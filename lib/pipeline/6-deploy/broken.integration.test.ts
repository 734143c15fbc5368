/** A disk that is full, a folder that is read-only, a database that is gone: nothing stays half done. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Files } from "#lib/ports/files.ts";
import { resolveSync } from "#lib/registry/resolve-sync.ts";
import { type Cut, strikeAt, watchWrites } from "#lib/testing/mortal.ts";
import {
  ADA,
  addTool,
  callerOf,
  digestNow,
  divider,
  GUARD,
  openWorkshop,
  tested,
  type Workshop,
} from "#lib/testing/workshop.ts";
import { createApprove } from "../5-approve/index.ts";
import { createRollBack } from "../8-rollback/index.ts";
import { createDeploy } from "./index.ts";

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
});
afterAll(() => shop?.close());

const run = promisify(execFile);
const fixed = (name: string): string => divider(name, GUARD);
const activeOf = async (name: string) => (await shop.database.tools.find(name))?.activeVersion;
const stateOf = async ({ id }: Proposal) => (await shop.database.proposals.find(id))?.state;

async function approved(name: string, at: Workshop = shop): Promise<Proposal> {
  await addTool(at, name);
  const proposal = await tested(at, { tool: name, source: fixed(name) });
  const digest = await digestNow(at.database, proposal.id);
  await createApprove(at).decide(
    { proposalId: proposal.id, decision: "approve", reason: "", digest, acknowledge: [] },
    callerOf(ADA),
  );
  return proposal;
}

const roomsWith = (parts: Partial<Workshop>) => createDeploy({ ...shop, ...parts, onActivated: () => {} });

/** Nothing of the failed attempt is left, and the next one, on a sound disk, goes through. */
async function expectOld(name: string, proposal: Proposal, tools = shop.tools): Promise<void> {
  expect(await activeOf(name)).toBe(1);
  expect(await readFile(join(tools, `${name}.ts`), "utf8")).toBe(divider(name));
  expect(await stateOf(proposal)).toBe("approved");
  expect(await shop.database.versions.list(name)).toHaveLength(1);
  const { items } = await shop.database.audit.list({ tool: name, verb: "deployment.undone" }, {});
  expect(items).toHaveLength(1);
}

describe("a disk without room", () => {
  /** Files whose one write fails as a full disk makes it fail. */
  const fullAt = (write: string): Files =>
    watchWrites(
      shop.files,
      strikeAt({ write, when: "before" }, () => {
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      }),
    );

  it("undoes a deployment at whichever file it fails, and says so", async () => {
    for (const [write, step] of [
      ["backup", "backup"],
      ["stage", "stage"],
      ["noteAgreed", "rename"],
      ["commitStaged", "rename"],
    ] as const) {
      const name = `full_${write}`;
      const proposal = await approved(name);
      const deployment = await roomsWith({ files: fullAt(write) }).deploy({ proposalId: proposal.id }, ADA);
      expect(deployment.state).toBe("undone");
      expect(deployment.steps.at(-1)).toMatchObject({ step, detail: expect.stringContaining("no space left") });
      await expectOld(name, proposal);
      expect((await roomsWith({}).deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
    }
  });
});

describe("a file system of its own", () => {
  const mounted: string[] = [];
  afterEach(async () => {
    for (const folder of mounted.splice(0)) await run("umount", ["-l", folder]);
  });

  /** A small file system in memory, or null where this machine lets nobody mount. */
  async function mount(name: string): Promise<string | null> {
    const folder = join(shop.home, name);
    await mkdir(folder);
    const options = ["-t", "tmpfs", "-o", "size=96k", "tmpfs", folder];
    const ok = await run("mount", options).then(
      () => true,
      () => false,
    );
    if (ok) mounted.push(folder);
    return ok ? folder : null;
  }

  async function workshopOn(folder: string): Promise<Workshop> {
    const tools = join(folder, "tools");
    await mkdir(tools);
    const files = createFiles({ toolsFolder: tools, backupsFolder: join(shop.home, "elsewhere") });
    return { ...shop, files, tools };
  }

  it("that is really full leaves the old version, and goes on once there is room", async (context) => {
    const folder = await mount("small");
    if (folder === null) return context.skip("needs the right to mount");
    const at = await workshopOn(folder);
    const proposal = await approved("really_full", at);
    await writeFile(join(folder, "filler"), Buffer.alloc(1 << 20)).catch((error: NodeJS.ErrnoException) =>
      expect(error.code).toBe("ENOSPC"),
    );
    const deployment = await roomsWith(at).deploy({ proposalId: proposal.id }, ADA);
    expect(deployment).toMatchObject({ state: "undone" });
    expect(deployment.steps.at(-1)?.detail).toMatch(/ENOSPC/);
    await expectOld("really_full", proposal, at.tools);
    await writeFile(join(folder, "filler"), "");
    expect((await roomsWith(at).deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
    expect(await readFile(join(at.tools, "really_full.ts"), "utf8")).toBe(fixed("really_full"));
  });

  it("that is read-only leaves the old version, and a rollback says that it could not be carried out", async (context) => {
    const folder = await mount("locked");
    if (folder === null) return context.skip("needs the right to mount");
    const at = await workshopOn(folder);
    const proposal = await approved("locked", at);
    await run("mount", ["-o", "remount,ro", folder]);
    const deployment = await roomsWith(at).deploy({ proposalId: proposal.id }, ADA);
    expect(deployment.state).toBe("undone");
    expect(deployment.steps.at(-1)?.detail).toMatch(/EROFS/);
    await expectOld("locked", proposal, at.tools);
    await run("mount", ["-o", "remount,rw", folder]);
    const rooms = roomsWith(at);
    expect((await rooms.deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
    await run("mount", ["-o", "remount,ro", folder]);
    const rollBack = createRollBack({ ...at, makeActive: rooms.makeActive });
    const back = await rollBack({ tool: "locked", reason: "worse" }, ADA);
    expect(back).toMatchObject({ state: "undone", toVersion: 1 });
    expect(await activeOf("locked")).toBe(2);
    // Taking the database over an edit says so too, and the edit stays.
    const edit = `${fixed("locked")}// by hand\n`;
    await run("mount", ["-o", "remount,rw", folder]);
    await writeFile(join(at.tools, "locked.ts"), edit);
    await run("mount", ["-o", "remount,ro", folder]);
    await expect(resolveSync(at, { tool: "locked", resolution: "take_database" }, ADA)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/cannot be written \(EROFS/),
    });
    expect(await readFile(join(at.tools, "locked.ts"), "utf8")).toBe(edit);
  });
});

describe("a database that is cut off", () => {
  const CUTS: readonly Cut[] = [
    { write: "create", when: "before" },
    { write: "backup", when: "after" },
    { write: "commitStaged", when: "before" },
    { write: "commitStaged", when: "after" },
    { write: "setActive", when: "after" },
    { write: "finish", when: "before" },
  ];

  /** Cuts every connection to the database, as a server that restarts does. */
  async function cutConnections(): Promise<void> {
    const client = new Client({ connectionString: shop.url });
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    await client.end();
  }

  it("is found exactly old or exactly new by the next start, whenever it broke", async () => {
    const seen: string[] = [];
    for (const [index, cut] of CUTS.entries()) {
      const name = `cut_${index}`;
      const proposal = await approved(name);
      const database = await createDatabase({ url: shop.url, clock: shop.clock });
      const onMoment = strikeAt(cut, cutConnections);
      const doomed = roomsWith({
        database: watchWrites(database, onMoment),
        files: watchWrites(shop.files, onMoment),
      });
      await doomed.deploy({ proposalId: proposal.id }, ADA).catch(() => {});
      await database.close();
      const rooms = roomsWith({});
      await rooms.recover();
      await rooms.follow({ tool: name });
      const side = (await activeOf(name)) === 2 ? "new" : "old";
      expect(await readFile(join(shop.tools, `${name}.ts`), "utf8")).toBe(side === "new" ? fixed(name) : divider(name));
      expect(await stateOf(proposal)).toBe(side === "new" ? "monitoring" : "approved");
      if (side === "old") expect((await rooms.deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
      seen.push(side);
    }
    expect(new Set(seen)).toEqual(new Set(["old", "new"]));
  });
});
