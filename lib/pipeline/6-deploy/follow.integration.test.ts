import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Files } from "#lib/ports/files.ts";
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
let here: ReturnType<typeof createDeploy>;
let rollBack: ReturnType<typeof createRollBack>;

/** Another replica: the same database, folders of its own. */
let there: ReturnType<typeof createDeploy>;
let theirFiles: Files;
let theirTools: string;

beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  here = createDeploy({ ...shop, onActivated: () => {} });
  rollBack = createRollBack({ ...shop, makeActive: here.makeActive });
  theirTools = join(shop.home, "elsewhere", "tools");
  await mkdir(theirTools, { recursive: true });
  theirFiles = createFiles({ toolsFolder: theirTools, backupsFolder: join(shop.home, "elsewhere", "backups") });
  there = createDeploy({ ...shop, files: theirFiles, onActivated: () => {} });
});
afterAll(() => shop?.close());

const fixed = (name: string): string => divider(name, GUARD);
const theirFile = (name: string): Promise<string> => readFile(join(theirTools, `${name}.ts`), "utf8");

async function approved(name: string): Promise<Proposal> {
  await addTool(shop, name);
  const proposal = await tested(shop, { tool: name, source: fixed(name) });
  const digest = await digestNow(shop.database, proposal.id);
  await createApprove(shop).decide(
    { proposalId: proposal.id, decision: "approve", reason: "", digest, acknowledge: [] },
    callerOf(ADA),
  );
  return proposal;
}

describe("a replica", () => {
  it("fills an empty folder, follows a deployment and a rollback, and writes nothing twice", async () => {
    const proposal = await approved("shared");
    expect(await there.follow({})).toEqual(["shared"]);
    expect(await theirFile("shared")).toBe(divider("shared"));
    await here.deploy({ proposalId: proposal.id }, ADA);
    expect(await there.follow({ tool: "shared" })).toEqual(["shared"]);
    expect(await theirFile("shared")).toBe(fixed("shared"));
    await rollBack({ tool: "shared", reason: "worse" }, ADA);
    expect(await there.follow({ tool: "nobody" })).toEqual([]);
    expect(await there.follow({})).toEqual(["shared"]);
    expect(await theirFile("shared")).toBe(divider("shared"));
    expect(await there.follow({})).toEqual([]);
    expect(await here.follow({})).toEqual([]);
  });

  it("that was away for several changes goes to the last one", async () => {
    const proposal = await approved("away");
    await there.follow({ tool: "away" });
    await here.deploy({ proposalId: proposal.id }, ADA);
    await rollBack({ tool: "away", reason: "worse" }, ADA);
    await rollBack({ tool: "away", version: 2, reason: "it was not" }, ADA);
    expect(await there.follow({})).toEqual(["away"]);
    expect(await theirFile("away")).toBe(fixed("away"));
  });

  it("keeps a person's edit, a deleted file and a backup that was copied back by hand", async () => {
    for (const name of ["edited", "deleted", "restored"]) {
      const proposal = await approved(name);
      await there.follow({ tool: name });
      await here.deploy({ proposalId: proposal.id }, ADA);
      await there.follow({ tool: name });
      expect(await theirFile(name)).toBe(fixed(name));
    }
    await writeFile(join(theirTools, "edited.ts"), divider("edited", "", ", by hand"));
    await rm(join(theirTools, "deleted.ts"));
    await writeFile(join(theirTools, "restored.ts"), divider("restored"));
    for (const name of ["edited", "deleted", "restored"]) {
      await rollBack({ tool: name, reason: "worse" }, ADA);
      await rollBack({ tool: name, reason: "and back" }, ADA);
    }
    expect(await there.follow({})).toEqual([]);
    expect(await theirFile("edited")).toBe(divider("edited", "", ", by hand"));
    expect(await theirFile("restored")).toBe(divider("restored"));
    await expect(theirFile("deleted")).rejects.toThrow(/ENOENT/);
  });

  it("takes back a file whose deployment another replica undid", async () => {
    const proposal = await approved("torn");
    await there.follow({ tool: "torn" });
    // It wrote the file, and was gone before the activation; another replica settled the row.
    const { path, hash } = await theirFiles.stage("torn", fixed("torn"));
    await theirFiles.noteAgreed("torn", [hash]);
    await theirFiles.commitStaged("torn", path, sha256(divider("torn")));
    expect(await there.follow({ tool: "torn" })).toEqual(["torn"]);
    expect(await theirFile("torn")).toBe(divider("torn"));
    expect((await shop.database.proposals.find(proposal.id))?.state).toBe("approved");
  });
});
