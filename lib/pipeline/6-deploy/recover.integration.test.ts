import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Proposal } from "#lib/core/proposal.ts";
import { type Moment, watchWrites } from "#lib/testing/mortal.ts";
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

class Killed extends Error {}

/** A process that dies before or after its n-th write; nothing works afterwards, or only that write fails. */
function createLife(at: number, when: "before" | "after", fate: "dies" | "fails once") {
  const life = { writes: 0, dead: false };
  const strike = (name: string): never => {
    life.dead = fate === "dies";
    throw new Killed(`cut off at ${name}`);
  };
  let mine: number | null = null;
  function onMoment(moment: Moment): void {
    if (life.dead) throw new Killed("dead");
    if (moment.when === "before") {
      life.writes += 1;
      if (life.writes === at) mine = moment.call;
    }
    if (moment.when === when && moment.call === mine) strike(moment.write);
  }
  return { life, mortal: <T extends object>(part: T): T => watchWrites(part, onMoment) };
}

type Fate = "dies" | "fails once";

async function setUp(name: string): Promise<Proposal> {
  await addTool(shop, name);
  const proposal = await tested(shop, { tool: name, source: divider(name, GUARD) });
  await createApprove(shop).decide(
    {
      proposalId: proposal.id,
      decision: "approve",
      reason: "",
      digest: await digestNow(shop.database, proposal.id),
      acknowledge: [],
    },
    callerOf(ADA),
  );
  return proposal;
}

/** The next tool is not kept waiting by looks at this one. */
const putAway = (name: string): Promise<void> => rm(join(shop.tools, `${name}.ts`));

/** What stands after everything was settled: exactly one of the two, in every place at once. */
async function whichStands(name: string, proposal: Proposal): Promise<"old" | "new"> {
  const { database } = shop;
  const file = await readFile(join(shop.tools, `${name}.ts`), "utf8");
  const tool = await database.tools.find(name);
  const side = tool?.activeVersion === 2 ? "new" : "old";
  expect(file).toBe(side === "new" ? divider(name, GUARD) : divider(name));
  expect((await database.proposals.find(proposal.id))?.state).toBe(side === "new" ? "monitoring" : "approved");
  expect(await database.versions.list(name)).toHaveLength(side === "new" ? 2 : 1);
  const { items } = await database.deployments.list({ tool: name }, {});
  expect(items.filter(({ state }) => state === "running")).toEqual([]);
  expect(items.filter(({ state }) => state === "done")).toHaveLength(side === "new" ? 1 : 0);
  if (side === "new") expect((await shop.files.backups(name)).at(0)?.source).toBe(divider(name));
  expect((await readdir(shop.tools)).filter((entry) => entry.startsWith(`.${name}`))).toEqual([]);
  return side;
}

async function everyCut(fate: Fate, when: "before" | "after"): Promise<string[]> {
  const seen: string[] = [];
  for (let at = 1; ; at += 1) {
    const name = `cut_${fate === "dies" ? "d" : "f"}${when[0]}${at}`;
    const proposal = await setUp(name);
    const { life, mortal } = createLife(at, when, fate);
    const doomed = createDeploy({
      database: mortal(shop.database),
      files: mortal(shop.files),
      sandbox: shop.sandbox,
      clock: shop.clock,
      onActivated: () => {},
    });
    await doomed.deploy({ proposalId: proposal.id }, ADA).catch((error: unknown) => {
      expect(String(error)).toMatch(/cut off|dead|Killed/);
    });
    const healthy = createDeploy({ ...shop, onActivated: () => {} });
    await healthy.recover();
    const side = await whichStands(name, proposal);
    seen.push(side);
    // Whatever happened, the way on is open.
    if (side === "old") {
      expect((await healthy.deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
      expect(await whichStands(name, proposal)).toBe("new");
    }
    expect(await healthy.recover()).toEqual([]);
    await putAway(name);
    if (life.writes < at) return seen;
  }
}

describe("a deployment that is cut off", () => {
  it("comes back as exactly the old or the new version when the process dies before any write", async () => {
    const seen = await everyCut("dies", "before");
    expect(seen.length).toBeGreaterThan(20);
    // Once it is past the point of no return, it never falls back.
    expect(seen.join(" ")).toMatch(/^(old )+(new ?)+$/);
  });

  it("comes back as exactly the old or the new version when the answer of any one write is lost", async () => {
    const seen = await everyCut("fails once", "after");
    expect(seen.length).toBeGreaterThan(20);
    expect(new Set(seen)).toEqual(new Set(["old", "new"]));
  });
});

describe("a rollback that is cut off", () => {
  it("comes back as exactly the one or the other version when the process dies before any write", async () => {
    const seen: string[] = [];
    for (let at = 1; ; at += 1) {
      const name = `back${at}`;
      const proposal = await setUp(name);
      const healthy = createDeploy({ ...shop, onActivated: () => {} });
      await healthy.deploy({ proposalId: proposal.id }, ADA);
      const { life, mortal } = createLife(at, "before", "dies");
      const parts = { ...shop, database: mortal(shop.database), files: mortal(shop.files) };
      const doomed = createDeploy({ ...parts, onActivated: () => {} });
      await createRollBack({ ...parts, makeActive: doomed.makeActive })({ tool: name, reason: "worse" }, ADA).catch(
        (error: unknown) => expect(String(error)).toMatch(/cut off|dead|Killed/),
      );
      await healthy.recover();
      const active = (await shop.database.tools.find(name))?.activeVersion;
      const file = await readFile(join(shop.tools, `${name}.ts`), "utf8");
      expect(file).toBe(active === 1 ? divider(name) : divider(name, GUARD));
      expect((await shop.database.proposals.find(proposal.id))?.state).toBe(
        active === 1 ? "rolled_back" : "monitoring",
      );
      seen.push(active === 1 ? "back" : "stays");
      await putAway(name);
      if (life.writes < at) break;
    }
    expect(seen.join(" ")).toMatch(/^(stays )+(back ?)+$/);
  });
});
