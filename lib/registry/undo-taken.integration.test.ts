/** Taking back that the disk was taken, or a merge: the version before answers again, and the file is a person's. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { createRollBack } from "#lib/pipeline/8-rollback/index.ts";
import type { Files } from "#lib/ports/files.ts";
import { strikeAt, watchWrites } from "#lib/testing/mortal.ts";
import { ADA, addTool, BEN, divider, GUARD, openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { captureEdit } from "./capture-edit.ts";
import { checkSyncStatus } from "./check-sync-status.ts";
import { resolveSync } from "./resolve-sync.ts";
import { undoSync } from "./undo-sync.ts";

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
});
afterAll(() => shop?.close());

const pathOf = (name: string): string => join(shop.tools, `${name}.ts`);
const put = (name: string, source: string): Promise<void> => writeFile(pathOf(name), source);
const fileOf = (name: string): Promise<string> => readFile(pathOf(name), "utf8");
const statusOf = async (name: string) => (await checkSyncStatus(shop, [name]))[0];
const settle = (tool: string, resolution: "take_disk" | "merge") => resolveSync(shop, { tool, resolution }, ADA);
const deployer = (files: Files = shop.files) => createDeploy({ ...shop, files, onActivated: () => {} });
const rollBack = (tool: string, version: number) =>
  createRollBack({ ...shop, makeActive: deployer().makeActive })({ tool, version, reason: "worse" }, ADA);

/** A file whose edit and whose active version both moved. */
async function inConflict(name: string): Promise<string> {
  await addTool(shop, name);
  await put(name, divider(name, GUARD));
  await settle(name, "take_disk");
  const edit = divider(name, GUARD, ", edited");
  await put(name, edit);
  await rollBack(name, 1);
  await captureEdit(shop, name);
  return edit;
}

describe("the disk that was taken", () => {
  it("is an edit again: the version before answers, the file stays, and the journal says so", async () => {
    await addTool(shop, "taken");
    const edit = divider("taken", GUARD);
    await put("taken", edit);
    await captureEdit(shop, "taken");
    const before = await statusOf("taken");
    expect(before).toMatchObject({ state: "disk_ahead", activeVersion: 1, edit: { version: 2 } });
    await settle("taken", "take_disk");
    // As the file follows the database all the time: what it holds is noted as agreed on.
    await deployer().follow({});
    expect(await undoSync(shop, "taken", BEN)).toEqual(before);
    expect(await fileOf("taken")).toBe(edit);
    expect(await deployer().follow({})).toEqual([]);
    expect(await fileOf("taken")).toBe(edit);
    const [row] = (await shop.database.deployments.list({ tool: "taken" }, {})).items;
    expect(row).toMatchObject({ kind: "sync", state: "undone" });
    expect(row?.steps.at(-1)?.detail).toBe("taken back: the file keeps the edit, and version 1 answers calls again");
    const [entry] = (await shop.database.audit.list({ tool: "taken", verb: "tool.sync_undone" }, {})).items;
    expect(entry).toMatchObject({ actor: BEN, summary: expect.stringContaining('"take the disk" was taken back') });
    // What never went live to stay is taken from the disk, not gone back to.
    await expect(rollBack("taken", 2)).rejects.toThrow(/never answered calls/);
    expect(await settle("taken", "take_disk")).toMatchObject({ version: 2, status: { state: "in_sync" } });
  });

  it("is an edit again where it was taken before it was kept as one", async () => {
    await addTool(shop, "quick");
    await put("quick", divider("quick", GUARD));
    await settle("quick", "take_disk");
    expect(await undoSync(shop, "quick", ADA)).toMatchObject({ state: "disk_ahead", activeVersion: 1 });
    expect(await settle("quick", "take_disk")).toMatchObject({ version: 2 });
  });

  it("goes back to the conflict that it was taken in", async () => {
    const edit = await inConflict("parted");
    const before = await statusOf("parted");
    expect(before?.state).toBe("conflict");
    await settle("parted", "take_disk");
    expect(await undoSync(shop, "parted", ADA)).toEqual(before);
    expect(await fileOf("parted")).toBe(edit);
  });

  it("stays where something followed, or nothing answered before", async () => {
    await addTool(shop, "gone_on");
    await put("gone_on", divider("gone_on", GUARD));
    await settle("gone_on", "take_disk");
    await put("gone_on", divider("gone_on", GUARD, ", later"));
    await expect(undoSync(shop, "gone_on", ADA)).rejects.toThrow(/has changed since/);
    await put("gone_on", divider("gone_on", GUARD));
    await rollBack("gone_on", 1);
    await expect(undoSync(shop, "gone_on", ADA)).rejects.toThrow(/nothing to undo/);
    await put("born", divider("born"));
    await settle("born", "take_disk");
    await expect(undoSync(shop, "born", ADA)).rejects.toThrow(/nothing to go back to/);
    expect(await statusOf("born")).toMatchObject({ state: "in_sync", activeVersion: 1 });
  });

  it("leaves the folders of other replicas to follow", async () => {
    const tools = join(shop.home, "elsewhere", "tools");
    await mkdir(tools, { recursive: true });
    const files = createFiles({ toolsFolder: tools, backupsFolder: join(shop.home, "elsewhere", "backups") });
    await addTool(shop, "spread");
    await put("spread", divider("spread", GUARD));
    await settle("spread", "take_disk");
    await deployer(files).follow({ tool: "spread" });
    expect((await files.read("spread"))?.source).toBe(divider("spread", GUARD));
    await undoSync(shop, "spread", ADA);
    await deployer(files).follow({ tool: "spread" });
    expect((await files.read("spread"))?.source).toBe(divider("spread"));
    expect(await fileOf("spread")).toBe(divider("spread", GUARD));
  });

  it("does not lose the file to a look that began before it was taken back", async () => {
    await addTool(shop, "looked");
    const edit = divider("looked", GUARD);
    await put("looked", edit);
    await settle("looked", "take_disk");
    let undone: Promise<unknown> = Promise.resolve();
    const slow = {
      ...shop.files,
      read: async (name: string) => {
        const held = await shop.files.read(name);
        undone = name === "looked" ? undoSync(shop, "looked", ADA) : undone;
        await undone;
        slow.read = shop.files.read;
        return held;
      },
    };
    await deployer(slow).follow({ tool: "looked" });
    await deployer().follow({});
    expect(await fileOf("looked")).toBe(edit);
    expect(await statusOf("looked")).toMatchObject({ state: "disk_ahead", activeVersion: 1 });
  });
});

describe("a merge", () => {
  it("is taken back: the edit is in the file, the version before answers, and what was merged stays a version", async () => {
    const edit = await inConflict("merged");
    const before = await statusOf("merged");
    await settle("merged", "merge");
    const merged = await fileOf("merged");
    expect(await undoSync(shop, "merged", ADA)).toEqual(before);
    expect(await fileOf("merged")).toBe(edit);
    expect((await shop.database.versions.list("merged")).map(({ source }) => source)).toContain(merged);
    expect(await deployer().follow({})).toEqual([]);
    expect(await settle("merged", "merge")).toMatchObject({ resolved: true, status: { state: "in_sync" } });
    expect(await fileOf("merged")).toBe(merged);
  });

  it("writes over nothing that is saved at the very moment, and then changes nothing", async () => {
    await inConflict("saved");
    await settle("saved", "merge");
    const { activeVersion } = (await statusOf("saved")) ?? {};
    const later = divider("saved", GUARD, ", later");
    const strike = strikeAt({ write: "commitStaged", when: "before" }, () => put("saved", later));
    const files = watchWrites(shop.files, strike);
    await expect(undoSync({ ...shop, files }, "saved", ADA)).rejects.toThrow(/edited meanwhile/);
    expect(await fileOf("saved")).toBe(later);
    expect(await statusOf("saved")).toMatchObject({ state: "disk_ahead", activeVersion });
    const [row] = (await shop.database.deployments.list({ tool: "saved" }, {})).items;
    expect(row).toMatchObject({ reason: "merge", state: "done" });
  });

  it("goes on where it was cut off between the file and the journal", async () => {
    const edit = await inConflict("cut");
    const before = await statusOf("cut");
    await settle("cut", "merge");
    const cut = strikeAt({ write: "commitStaged", when: "after" }, () => {
      throw new Error("killed");
    });
    await expect(undoSync({ ...shop, files: watchWrites(shop.files, cut) }, "cut", ADA)).rejects.toThrow("killed");
    expect(await fileOf("cut")).toBe(edit);
    expect(await statusOf("cut")).toMatchObject({ state: "disk_ahead", edit: before?.edit });
    expect(await deployer().follow({})).toEqual([]);
    expect(await fileOf("cut")).toBe(edit);
    expect(await undoSync(shop, "cut", ADA)).toEqual(before);
  });
});
