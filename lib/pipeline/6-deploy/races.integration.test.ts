import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { strikeAt, watchWrites } from "#lib/testing/mortal.ts";
import {
  ADA,
  addTool,
  approveAs,
  BEN,
  divider,
  GUARD,
  openWorkshop,
  type ProposalWish,
  tested,
  type Workshop,
} from "#lib/testing/workshop.ts";
import { createRollBack } from "../8-rollback/index.ts";
import { moveProposal } from "../transitions.ts";
import { createDeploy } from "./index.ts";

let shop: Workshop;
let rooms: ReturnType<typeof createDeploy>;

beforeAll(async () => {
  shop = await openWorkshop();
  await shop.database.settings.set({ mode: "real" });
  rooms = createDeploy({ ...shop, onActivated: () => {} });
});
afterAll(() => shop?.close());

const fixed = (name: string): string => divider(name, GUARD);
const fileOf = (name: string): Promise<string> => readFile(join(shop.tools, `${name}.ts`), "utf8");
const activeOf = async (name: string) => (await shop.database.tools.find(name))?.activeVersion;
const stateOf = async ({ id }: Proposal) => (await shop.database.proposals.find(id))?.state;

/** A tool with an approved proposal. */
async function approved(name: string, wish: Partial<ProposalWish> = {}): Promise<Proposal> {
  await addTool(shop, name);
  return approveAs(ADA, shop, await tested(shop, { tool: name, source: fixed(name), ...wish }));
}

describe("two people with two proposals of one tool", () => {
  it("deploy at once: one wins, the other is asked to rebase, and nothing of the loser is left", async () => {
    const first = await approved("raced");
    const second = await tested(shop, { tool: "raced", source: divider("raced", GUARD, " by Ben") });
    await approveAs(BEN, shop, second);
    const results = await Promise.allSettled([
      rooms.deploy({ proposalId: first.id }, ADA),
      rooms.deploy({ proposalId: second.id }, BEN),
    ]);
    const lost = results.findIndex(({ status }) => status === "rejected");
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect((results[lost] as PromiseRejectedResult).reason).toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/is stale: .*version 2 is active now\. Rebase it/),
    });
    const [winner, loser] = lost === 0 ? [second, first] : [first, second];
    expect(await stateOf(winner)).toBe("monitoring");
    expect(await stateOf(loser)).toBe("stale");
    expect(await activeOf("raced")).toBe(2);
    expect((await shop.database.versions.find("raced", 2))?.proposalId).toBe(winner.id);
    expect(await fileOf("raced")).toBe((await shop.database.versions.find("raced", 2))?.source);
    expect(await shop.database.versions.list("raced")).toHaveLength(2);
  });
});

describe("a rollback at the moment when the watch calls the version stable", () => {
  it("is carried out, and both are on record", async () => {
    const proposal = await approved("moment");
    await rooms.deploy({ proposalId: proposal.id }, ADA);
    let looked = false;
    // The rollback reads the proposal; before it moves it, the watch does.
    const database = watchWrites(shop.database, async ({ write, when }) => {
      if (write !== "transition" || when !== "before" || looked) return;
      looked = true;
      await moveProposal(shop.database, {
        id: proposal.id,
        to: "stable",
        actor: machine("monitor"),
        reason: "healthy",
      });
    });
    const parts = { ...shop, database };
    const { makeActive } = createDeploy({ ...parts, onActivated: () => {} });
    const back = await createRollBack({ ...parts, makeActive })({ tool: "moment", reason: "worse" }, ADA);
    expect(back).toMatchObject({ state: "done", toVersion: 1 });
    const log = await shop.database.proposals.transitions(proposal.id);
    expect(log.slice(-2).map(({ to }) => to)).toEqual(["stable", "rolled_back"]);
    expect(await fileOf("moment")).toBe(divider("moment"));
  });
});

describe("an edit that is saved in the moment of the rename", () => {
  it("stays, whether a deployment, a rollback or a replica was about to write", async () => {
    const proposal = await approved("late");
    const write = (note: string) => writeFile(join(shop.tools, "late.ts"), divider("late", GUARD, note));
    const saving = (note: string) => {
      const files = watchWrites(
        shop.files,
        strikeAt({ write: "commitStaged", when: "before" }, () => write(note)),
      );
      return createDeploy({ ...shop, files, onActivated: () => {} });
    };
    const deployment = await saving(", saved first").deploy({ proposalId: proposal.id }, ADA);
    expect(deployment).toMatchObject({ state: "undone", toVersion: 2 });
    expect(deployment.steps.at(-1)).toMatchObject({
      step: "rename",
      detail: expect.stringContaining("edited meanwhile"),
    });
    expect(await fileOf("late")).toBe(divider("late", GUARD, ", saved first"));
    expect(await activeOf("late")).toBe(1);

    await writeFile(join(shop.tools, "late.ts"), divider("late"));
    expect((await rooms.deploy({ proposalId: proposal.id }, ADA)).state).toBe("done");
    const { makeActive } = saving(", saved second");
    const back = await createRollBack({ ...shop, makeActive })({ tool: "late", reason: "worse" }, ADA);
    expect(back.state).toBe("undone");
    expect(await fileOf("late")).toBe(divider("late", GUARD, ", saved second"));
    expect(await activeOf("late")).toBe(2);

    // A replica that holds the version before: its file is about to follow when somebody saves.
    await writeFile(join(shop.tools, "late.ts"), divider("late"));
    await shop.files.noteAgreed("late", [sha256(divider("late"))]);
    await expect(saving(", saved third").follow({ tool: "late" })).rejects.toThrow(/edited meanwhile/);
    expect(await fileOf("late")).toBe(divider("late", GUARD, ", saved third"));
    expect(await rooms.follow({ tool: "late" })).toEqual([]);
  });
});

describe("a tool's lock that is lost while its holder goes on", () => {
  /** Ends the connection that holds the lock, as a network that breaks does. */
  async function breakLock(): Promise<void> {
    const client = new Client({ connectionString: shop.url });
    await client.connect();
    const { rowCount } = await client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    await client.end();
    expect(rowCount).toBe(1);
  }

  it("is taken over: the next one's deployment stands, and the first undoes nothing of it", async () => {
    for (const when of ["before", "after"] as const) {
      const name = `taken_over_${when}`;
      const first = await approved(name);
      const second = await tested(shop, { tool: name, source: divider(name, GUARD, ", the other") });
      await approveAs(BEN, shop, second);
      let other: Deployment | null = null;
      const files = watchWrites(
        shop.files,
        strikeAt({ write: "commitStaged", when }, async () => {
          await breakLock();
          other = await rooms.deploy({ proposalId: second.id }, BEN);
        }),
      );
      const cutOff = createDeploy({ ...shop, files, onActivated: () => {} });
      await cutOff.deploy({ proposalId: first.id }, ADA).catch(() => {});
      expect(other).toMatchObject({ state: "done", toVersion: 2 });
      expect(await activeOf(name)).toBe(2);
      expect(await fileOf(name)).toBe(divider(name, GUARD, ", the other"));
      const { items } = await shop.database.deployments.list({ tool: name }, {});
      expect(items.map(({ state }) => state)).toEqual(["done", "undone"]);
      expect(await stateOf(first)).toBe("approved");
      await expect(rooms.deploy({ proposalId: first.id }, ADA)).rejects.toThrow(/stale/);
      expect((await readdir(shop.tools)).filter((entry) => entry.startsWith(`.${name}.`))).toEqual([]);
      expect(await rooms.recover()).toEqual([]);
    }
  });
});
