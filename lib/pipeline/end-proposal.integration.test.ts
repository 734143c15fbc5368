import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Actor, machine } from "#lib/core/actor.ts";
import type { Database } from "#lib/ports/database.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { endProposal } from "./end-proposal.ts";
import { moveProposal } from "./transitions.ts";

const ADA: Actor = { kind: "person", id: "ada", name: "Ada" };
const MERGE = machine("merge");
let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await createTestDatabase());
  await database.tools.upsert({ name: "calculator", loadError: null });
});
afterAll(() => close?.());

async function begin(): Promise<string> {
  const initial = "testing" as const;
  const purpose = "failing" as const;
  const { id } = await database.proposals.create({
    ...{ tool: "calculator", baseVersion: 1, purpose, createdBy: ADA, initial, reason: "" },
  });
  return id;
}

/** The same database, where something happens between a proposal's being read and its being moved. */
function meanwhile(happens: () => Promise<unknown>): Database {
  let left = 1;
  return {
    ...database,
    proposals: {
      ...database.proposals,
      async find(id) {
        const found = await database.proposals.find(id);
        if (left-- > 0) await happens();
        return found;
      },
    },
  };
}

describe("endProposal", () => {
  it("ends what its tests moved on between the look and the move", async () => {
    const id = await begin();
    const tests = { id, to: "awaiting_review", actor: machine("test"), reason: "tested" } as const;
    const ended = await endProposal(
      meanwhile(() => moveProposal(database, tests)),
      { id, by: [ADA, MERGE], reason: "merged" },
    );
    expect(ended).toBe(true);
    const moves = (await database.proposals.transitions(id)).map(({ to, actor }) => `${to} by ${actor.id}`);
    expect(moves).toEqual(["testing by ada", "awaiting_review by test", "cancelled by ada"]);
  });

  it("takes the first who may", async () => {
    const id = await begin();
    await moveProposal(database, { id, to: "awaiting_review", actor: machine("test"), reason: "" });
    await moveProposal(database, { id, to: "approved", actor: ADA, reason: "" });
    expect(await endProposal(database, { id, by: [ADA, MERGE], reason: "merged" })).toBe(true);
    expect((await database.proposals.transitions(id)).at(-1)?.actor.id).toBe("merge");
  });

  it("leaves alone what a person ended at the same moment, and what is not there", async () => {
    const id = await begin();
    await moveProposal(database, { id, to: "awaiting_review", actor: machine("test"), reason: "" });
    const rejects = { id, to: "rejected", actor: ADA, reason: "no" } as const;
    const ended = await endProposal(
      meanwhile(() => moveProposal(database, rejects)),
      { id, by: [MERGE], reason: "merged" },
    );
    expect(ended).toBe(false);
    expect((await database.proposals.find(id))?.state).toBe("rejected");
    expect(await endProposal(database, { id: "nothing", by: [MERGE], reason: "" })).toBe(false);
  });

  it("passes on what is no race", async () => {
    const id = await begin();
    const broken: Database = { ...database, transaction: () => Promise.reject(new Error("disk full")) };
    await expect(endProposal(broken, { id, by: [ADA], reason: "" })).rejects.toThrow("disk full");
  });
});
