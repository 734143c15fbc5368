/** Taking back that the database was taken: the file is what it was, its state too, and nothing that followed is lost. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { strikeAt, watchWrites } from "#lib/testing/mortal.ts";
import { ADA, addTool, BEN, divider, GUARD, openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { captureEdit } from "./capture-edit.ts";
import { checkSyncStatus } from "./check-sync-status.ts";
import { resolveSync } from "./resolve-sync.ts";
import { decideUndo, lastSettled, undoSync } from "./undo-sync.ts";

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
});
afterAll(() => shop?.close());

const pathOf = (name: string): string => join(shop.tools, `${name}.ts`);
const fileOf = (name: string): Promise<string> => readFile(pathOf(name), "utf8");
const statusOf = async (name: string) => (await checkSyncStatus(shop, [name]))[0];
const takeDatabase = (tool: string) => resolveSync(shop, { tool, resolution: "take_database" }, ADA);

describe("undoSync", () => {
  it("takes a file away again that was put back, and no replica brings it back by itself", async () => {
    await addTool(shop, "deleted");
    await rm(pathOf("deleted"));
    await takeDatabase("deleted");
    expect(await fileOf("deleted")).toBe(divider("deleted"));
    expect(await undoSync(shop, "deleted", BEN)).toMatchObject({ state: "missing", activeVersion: 1 });
    await expect(fileOf("deleted")).rejects.toMatchObject({ code: "ENOENT" });
    await createDeploy({ ...shop, onActivated: () => {} }).follow({});
    expect((await statusOf("deleted"))?.state).toBe("missing");
    const [entry] = (await shop.database.audit.list({ tool: "deleted", verb: "tool.sync_undone" }, {})).items;
    expect(entry).toMatchObject({ actor: BEN, summary: expect.stringContaining("the file is gone again") });
    await takeDatabase("deleted");
    expect(await fileOf("deleted")).toBe(divider("deleted"));
  });

  it("brings an edit back that was dropped, which can be taken then", async () => {
    await addTool(shop, "dropped");
    const edit = divider("dropped", GUARD, ", edited");
    await writeFile(pathOf("dropped"), edit);
    await captureEdit(shop, "dropped");
    const before = await statusOf("dropped");
    await takeDatabase("dropped");
    expect((await statusOf("dropped"))?.state).toBe("in_sync");
    expect(await undoSync(shop, "dropped", ADA)).toEqual(before);
    expect(await fileOf("dropped")).toBe(edit);
    const taken = await resolveSync(shop, { tool: "dropped", resolution: "take_disk" }, ADA);
    expect(taken).toMatchObject({ resolved: true, version: before?.edit?.version, status: { state: "in_sync" } });
  });

  it("refuses what was undone already, what was never done, and what something followed", async () => {
    await addTool(shop, "once");
    await expect(undoSync(shop, "once", ADA)).rejects.toMatchObject({ code: "conflict" });
    await expect(undoSync(shop, "nobody", ADA)).rejects.toMatchObject({ code: "not_found" });
    await rm(pathOf("once"));
    await takeDatabase("once");
    const edit = divider("once", GUARD);
    await writeFile(pathOf("once"), edit);
    await expect(undoSync(shop, "once", ADA)).rejects.toThrow(/has changed since/);
    expect(await fileOf("once")).toBe(edit);
    await resolveSync(shop, { tool: "once", resolution: "take_disk" }, ADA);
    expect(await undoSync(shop, "once", ADA)).toMatchObject({ state: "disk_ahead", activeVersion: 1 });
    await expect(undoSync(shop, "once", ADA)).rejects.toThrow(/has changed since/);
    await resolveSync(shop, { tool: "once", resolution: "take_disk" }, ADA);
    await rm(pathOf("once"));
    await takeDatabase("once");
    await undoSync(shop, "once", ADA);
    await expect(undoSync(shop, "once", ADA)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is found again by whoever looks later, as long as nothing followed", async () => {
    await addTool(shop, "found");
    const before = divider("found", GUARD, ", before");
    await writeFile(pathOf("found"), before);
    await takeDatabase("found");
    const look = async () => {
      const last = (await lastSettled(shop.database, 200)).find(({ tool }) => tool === "found");
      const status = await statusOf("found");
      if (status === undefined) throw new Error("no status");
      return decideUndo(shop, status, last);
    };
    expect(await look()).toMatchObject({ kind: "undo", before, last: { actor: ADA } });
    await writeFile(pathOf("found"), divider("found", GUARD));
    expect(await look()).toMatchObject({ kind: "refused", reason: expect.stringContaining("has changed since") });
    await resolveSync(shop, { tool: "found", resolution: "take_disk" }, ADA);
    expect(await look()).toMatchObject({ kind: "undo", what: "disk", last: { fromVersion: 1 } });
  });

  it("brings no edit back over what is saved at the very moment", async () => {
    await addTool(shop, "saved");
    await writeFile(pathOf("saved"), divider("saved", GUARD));
    await takeDatabase("saved");
    const later = divider("saved", GUARD, ", later");
    const files = watchWrites(
      shop.files,
      strikeAt({ write: "commitStaged", when: "before" }, () => writeFile(pathOf("saved"), later)),
    );
    await expect(undoSync({ ...shop, files }, "saved", ADA)).rejects.toThrow(/edited meanwhile/);
    expect(await fileOf("saved")).toBe(later);
    expect((await statusOf("saved"))?.state).toBe("disk_ahead");
  });

  it("leaves what is saved at the very moment, and never takes a link away", async () => {
    await addTool(shop, "raced");
    await rm(pathOf("raced"));
    await takeDatabase("raced");
    const edit = divider("raced", GUARD);
    const racing = {
      ...shop,
      files: {
        ...shop.files,
        async remove(name: string, hash: string) {
          await writeFile(pathOf(name), edit);
          await shop.files.remove(name, hash);
        },
      },
    };
    await expect(undoSync(racing, "raced", ADA)).rejects.toThrow(/edited meanwhile/);
    expect(await fileOf("raced")).toBe(edit);
    await expect(shop.files.remove("../raced", "")).rejects.toMatchObject({ code: "invalid_input" });
  });
});
