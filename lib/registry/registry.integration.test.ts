import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "#lib/core/json.ts";
import type { SyncState } from "#lib/core/words.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { createRollBack } from "#lib/pipeline/8-rollback/index.ts";
import { strikeAt, watchWrites } from "#lib/testing/mortal.ts";
import { ADA, addTool, divider, GUARD, openWorkshop, type Workshop } from "#lib/testing/workshop.ts";
import { checkSyncStatus, type SyncStatus } from "./check-sync-status.ts";
import { loadTools } from "./load-tools.ts";
import { resolveSync } from "./resolve-sync.ts";

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
});
afterAll(() => shop?.close());

const pathOf = (name: string): string => join(shop.tools, `${name}.ts`);
const put = (name: string, source: string): Promise<void> => writeFile(pathOf(name), source);
const fileOf = (name: string): Promise<string> => readFile(pathOf(name), "utf8");
const activeOf = async (name: string) => (await shop.database.tools.find(name))?.activeVersion;

async function statusOf(name: string): Promise<SyncStatus> {
  const [status] = await checkSyncStatus(shop, [name]);
  if (status === undefined) throw new Error(`no status of ${name}`);
  return status;
}
const stateOf = async (name: string): Promise<SyncState> => (await statusOf(name)).state;

/** Version 2 by taking an edit, then back to version 1 with the file left on another edit: both sides moved. */
async function inConflict(name: string): Promise<void> {
  await addTool(shop, name);
  await put(name, divider(name, GUARD));
  await resolveSync(shop, { tool: name, resolution: "take_disk" }, ADA);
  await put(name, divider(name, GUARD, ", edited"));
  const { makeActive } = createDeploy({ ...shop, onActivated: () => {} });
  await createRollBack({ ...shop, makeActive })({ tool: name, version: 1, reason: "worse" }, ADA);
}

describe("loadTools", () => {
  it("takes a first file as version 1, lists broken ones, and changes nothing when it looks again", async () => {
    await put("fresh", divider("fresh"));
    await put("broken", "export default 1 +");
    await put("liar", divider("somebody_else"));
    await put("bad name", divider("bad"));
    const first = await loadTools(shop);
    expect(first.loaded).toContainEqual({ name: "fresh", version: 1, added: true });
    const errors = new Map(first.broken.map(({ file, error }) => [file, error]));
    expect([...errors.keys()].sort()).toEqual(["bad name.ts", "broken.ts", "liar.ts"]);
    expect(errors.get("liar.ts")).toContain("somebody_else");
    const version = await shop.database.versions.find("fresh", 1);
    expect(version).toMatchObject({
      source: divider("fresh"),
      origin: "disk",
      author: { kind: "machine", id: "disk" },
      parents: [],
    });
    expect(await shop.database.tools.find("broken")).toMatchObject({
      activeVersion: null,
      loadError: expect.any(String),
    });
    const audit = async () => (await shop.database.audit.list({}, { limit: 200 })).items.length;
    const before = await audit();
    const again = await loadTools(shop);
    expect(again.loaded).toContainEqual({ name: "fresh", version: 1, added: false });
    expect(await audit()).toBe(before);
  });

  it("takes a file once, however many look at the same time", async () => {
    await put("racer", divider("racer"));
    const reports = await Promise.all([loadTools(shop), loadTools(shop), loadTools(shop)]);
    const added = reports.flatMap(({ loaded }) => loaded).filter(({ name, added }) => name === "racer" && added);
    expect(added).toHaveLength(1);
    expect(await shop.database.versions.list("racer")).toHaveLength(1);
  });

  it("does not activate an edit, and remembers a broken one only while it is broken", async () => {
    await addTool(shop, "edited");
    await put("edited", divider("edited", "", ", edited"));
    await loadTools(shop);
    expect(await activeOf("edited")).toBe(1);
    await put("edited", "nonsense (");
    await loadTools(shop);
    expect(await shop.database.tools.find("edited")).toMatchObject({ activeVersion: 1, loadError: expect.any(String) });
    await put("edited", divider("edited"));
    await loadTools(shop);
    expect((await shop.database.tools.find("edited"))?.loadError).toBeNull();
  });

  it("forgets what never loaded once its file is gone, and takes another spelling of its name", async () => {
    await put("b_enum", "export default 1 +");
    await loadTools(shop);
    expect(await stateOf("b_enum")).toBe("unloadable");
    await rm(pathOf("b_enum"));
    expect(await checkSyncStatus(shop, ["b_enum"])).toEqual([]);
    await loadTools(shop);
    expect(await shop.database.tools.find("b_enum")).toBeNull();
    await put("b_enum", "export default 1 +");
    await loadTools(shop);
    await rm(pathOf("b_enum"));
    await put("B_Enum", divider("B_Enum"));
    expect(await stateOf("B_Enum")).toBe("new");
    expect((await loadTools(shop)).loaded).toContainEqual({ name: "B_Enum", version: 1, added: true });
    expect(await stateOf("B_Enum")).toBe("in_sync");
  });

  it("says what to do about a live tool's file that was renamed in case only, until it is done", async () => {
    await addTool(shop, "pay_one");
    await rm(pathOf("pay_one"));
    await put("Pay_One", divider("Pay_One"));
    const told =
      "differs from pay_one only in case: name the file pay_one.ts and the tool in it pay_one, or give both a name of their own";
    const { broken } = await loadTools(shop);
    expect(broken).toContainEqual({ file: "Pay_One.ts", error: `it ${told}` });
    expect(await shop.database.tools.find("pay_one")).toMatchObject({
      activeVersion: 1,
      loadError: `Pay_One.ts ${told}`,
    });
    expect(await statusOf("Pay_One")).toMatchObject({ state: "unloadable", detail: expect.stringContaining(told) });
    expect(await statusOf("pay_one")).toMatchObject({
      state: "unloadable",
      diskHash: null,
      detail: `pay_one.ts cannot be used: Pay_One.ts ${told}; version 1 goes on answering. Mend it, or move it away: then the file can be put back.`,
    });
    await rm(pathOf("Pay_One"));
    await loadTools(shop);
    expect(await stateOf("pay_one")).toBe("missing");
    expect((await shop.database.tools.find("pay_one"))?.loadError).toBeNull();
    await resolveSync(shop, { tool: "pay_one", resolution: "take_database" }, ADA);
    expect(await stateOf("pay_one")).toBe("in_sync");
  });
});

describe("checkSyncStatus", () => {
  it("finds all seven states in one look", async () => {
    await addTool(shop, "same");
    await addTool(shop, "ahead");
    await put("ahead", divider("ahead", "", ", edited"));
    await addTool(shop, "behind");
    await put("behind", divider("behind", GUARD));
    await resolveSync(shop, { tool: "behind", resolution: "take_disk" }, ADA);
    await put("behind", divider("behind"));
    await inConflict("both");
    await addTool(shop, "lost");
    await rm(pathOf("lost"));
    await addTool(shop, "ruined");
    await put("ruined", "let let = 1");
    await addTool(shop, "replaced");
    await rm(pathOf("replaced"));
    await mkdir(join(shop.home, "elsewhere"), { recursive: true });
    await writeFile(join(shop.home, "elsewhere", "x.ts"), divider("replaced"));
    await symlink(join(shop.home, "elsewhere", "x.ts"), pathOf("replaced"));
    await put("newcomer", divider("newcomer"));
    const states = new Map((await checkSyncStatus(shop)).map(({ name, state }) => [name, state]));
    expect(Object.fromEntries(states)).toMatchObject({
      same: "in_sync",
      ahead: "disk_ahead",
      behind: "database_ahead",
      both: "conflict",
      lost: "missing",
      newcomer: "new",
      ruined: "unloadable",
      replaced: "unloadable",
    });
    expect([...states.keys()].filter((name) => name.endsWith(".d"))).toEqual([]);
    expect((await statusOf("both")).baseVersion).toBe(2);
    for (const name of ["ahead", "replaced", "newcomer"]) await rm(pathOf(name));
  });
});

describe("resolveSync", () => {
  it("takes the disk: a new version with its parent, active, written down", async () => {
    await addTool(shop, "left");
    await put("left", divider("left", GUARD));
    const result = await resolveSync(shop, { tool: "left", resolution: "take_disk" }, ADA);
    expect(result).toMatchObject({ resolved: true, version: 2, status: { state: "in_sync", activeVersion: 2 } });
    expect(await shop.database.versions.find("left", 2)).toMatchObject({ parents: [1], author: ADA, origin: "disk" });
    const [entry] = (await shop.database.audit.list({ tool: "left", verb: "tool.synced" }, {})).items;
    expect(entry?.actor).toEqual(ADA);
    const { makeActive } = createDeploy({ ...shop, onActivated: () => {} });
    const back = await createRollBack({ ...shop, makeActive })({ tool: "left", reason: "no" }, ADA);
    expect(back, back.steps.at(-1)?.detail).toMatchObject({ state: "done", toVersion: 1 });
    expect(await fileOf("left")).toBe(divider("left"));
  });

  it("takes the database: the edit is backed up, the file is the active version again", async () => {
    await addTool(shop, "right");
    const edit = divider("right", "", ", edited");
    await put("right", edit);
    const result = await resolveSync(shop, { tool: "right", resolution: "take_database" }, ADA);
    if (!result.resolved) throw new Error("not resolved");
    expect(await fileOf("right")).toBe(divider("right"));
    expect(await readFile(result.backup ?? "", "utf8")).toBe(edit);
    expect(await stateOf("right")).toBe("in_sync");
    await rm(pathOf("right"));
    await resolveSync(shop, { tool: "right", resolution: "take_database" }, ADA);
    expect(await fileOf("right")).toBe(divider("right"));
    // Agreed again: the next edit is an edit, and no conflict.
    await put("right", edit);
    expect(await stateOf("right")).toBe("disk_ahead");
  });

  it("merges what does not overlap, and hands back what does", async () => {
    await inConflict("joined");
    // The base has the guard; the database lost it, the disk changed the description beside it.
    const merged = await resolveSync(shop, { tool: "joined", resolution: "merge" }, ADA);
    expect(merged).toMatchObject({ resolved: true, version: 3, status: { state: "in_sync" } });
    expect(await fileOf("joined")).toBe(divider("joined", "", ", edited"));
    expect(await shop.database.versions.find("joined", 3)).toMatchObject({ origin: "merge", parents: [1, 2] });

    await inConflict("clashing");
    await put("clashing", divider("clashing", 'if (b === 0) throw new ToolError("zero", "no");'));
    const clash = await resolveSync(shop, { tool: "clashing", resolution: "merge" }, ADA);
    if (clash.resolved) throw new Error("it should clash");
    const region = clash.regions.find(({ kind }) => kind === "conflict");
    expect(region).toMatchObject({
      disk: expect.stringContaining('"zero"'),
      base: expect.stringContaining("division_by_zero"),
    });
    expect(await stateOf("clashing")).toBe("conflict");
    const bad = { tool: "clashing", resolution: "merge", source: "not a tool" } as const;
    await expect(resolveSync(shop, bad, ADA)).rejects.toMatchObject({ code: "invalid_input" });
    const source = divider("clashing", GUARD, ", settled");
    const diskHash = clash.status.diskHash ?? "";
    const seen = { tool: "clashing", resolution: "merge", source, diskHash } as const;
    await expect(resolveSync(shop, { ...seen, diskHash: sha256("as it was before") }, ADA)).rejects.toThrow(
      /saved again since it was shown/,
    );
    const settled = await resolveSync(shop, seen, ADA);
    expect(settled).toMatchObject({ resolved: true, version: 3, status: { state: "in_sync" } });
    expect(await fileOf("clashing")).toBe(source);
  });

  it("writes neither the database nor a merge over what is saved at the very moment", async () => {
    for (const resolution of ["take_database", "merge"] as const) {
      const name = `saved_${resolution}`;
      await inConflict(name);
      const later = `${await fileOf(name)}// saved at the very moment\n`;
      const files = watchWrites(
        shop.files,
        strikeAt({ write: "commitStaged", when: "before" }, () => put(name, later)),
      );
      const settling = resolveSync({ ...shop, files }, { tool: name, resolution }, ADA);
      await expect(settling).rejects.toThrow(/edited meanwhile/);
      expect(await fileOf(name)).toBe(later);
      expect(await statusOf(name)).toMatchObject({ state: "conflict", activeVersion: 1 });
      expect((await shop.database.deployments.list({ tool: name, state: "running" }, {})).items).toEqual([]);
      expect(await resolveSync(shop, { tool: name, resolution }, ADA)).toMatchObject({ resolved: true });
    }
  });

  it("undoes a merge that fails when the file is written, and one that was cut off", async () => {
    await inConflict("torn");
    const edit = await fileOf("torn");
    const failing = {
      ...shop,
      files: {
        ...shop.files,
        commitStaged: async (name: string, path: string, over: string | null) => {
          const hash = await shop.files.commitStaged(name, path, over);
          if (!(await fileOf(name)).includes(", edited") || (await fileOf(name)) === edit) return hash;
          throw new Error("the disk is gone");
        },
      },
    };
    await expect(resolveSync(failing, { tool: "torn", resolution: "merge" }, ADA)).rejects.toThrow("the disk is gone");
    expect(await fileOf("torn")).toBe(edit);
    expect(await statusOf("torn")).toMatchObject({ state: "conflict", activeVersion: 1 });
    const [failed] = (await shop.database.deployments.list({ tool: "torn", state: "undone" }, {})).items;
    expect(failed?.kind).toBe("sync");

    // Killed after the rename: journal and file as the process left them.
    const merged = (await shop.database.versions.find("torn", failed?.toVersion ?? 0))?.source ?? "";
    const backup = await shop.files.backup("torn", shop.clock.now());
    const row = await shop.database.deployments.create({
      tool: "torn",
      kind: "sync",
      fromVersion: 1,
      toVersion: failed?.toVersion ?? 0,
      mode: "real",
      state: "running",
      reason: "merge",
      actor: ADA,
    });
    const steps = (["intent", "backup", "stage", "verify"] as const).map((step) => ({
      step,
      at: shop.clock.now(),
      detail: step,
    }));
    await shop.database.deployments.appendSteps(row.id, steps, backup);
    await put("torn", merged);
    await createDeploy({ ...shop, onActivated: () => {} }).recover();
    expect((await shop.database.deployments.find(row.id))?.state).toBe("undone");
    expect(await fileOf("torn")).toBe(edit);
    expect(await statusOf("torn")).toMatchObject({ state: "conflict", activeVersion: 1 });
    expect(await resolveSync(shop, { tool: "torn", resolution: "merge" }, ADA)).toMatchObject({ resolved: true });
    expect(await fileOf("torn")).toBe(merged);
  });

  it("refuses what makes no sense", async () => {
    await addTool(shop, "calm");
    await expect(resolveSync(shop, { tool: "calm", resolution: "take_disk" }, ADA)).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(resolveSync(shop, { tool: "nobody", resolution: "merge" }, ADA)).rejects.toMatchObject({
      code: "not_found",
    });
    await put("calm", "nonsense (");
    await expect(resolveSync(shop, { tool: "calm", resolution: "take_disk" }, ADA)).rejects.toMatchObject({
      code: "invalid_input",
    });
    expect(await activeOf("calm")).toBe(1);
    await rm(pathOf("calm"));
    await expect(resolveSync(shop, { tool: "calm", resolution: "merge" }, ADA)).rejects.toThrow(/no two sides/);
  });
});
