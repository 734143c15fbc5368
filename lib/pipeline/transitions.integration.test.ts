import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Actor, machine } from "#lib/core/actor.ts";
import { isProblem } from "#lib/core/problem.ts";
import { ProposalState } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { mayMove, moveProposal } from "./transitions.ts";

const PERSON: Actor = { kind: "person", id: "ada", name: "Ada" };
let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ database, close } = await createTestDatabase());
  await database.tools.upsert({ name: "calculator", loadError: null });
});
afterAll(() => close?.());

const PROBLEM = {
  kind: "failing" as const,
  priority: 1,
  reason: "It fails",
  statistics: {
    ...{ calls: 10, failures: 5, refused: 0, rejected: 0, successRate: 0.5, upperBound: 0.8, lowerBound: 0.2 },
    ...{ target: 0.99, version: 1, badCallsPerDay: 5, p50Ms: 1, p95Ms: 2 },
    ...{ since: new Date("2026-11-01T00:00:00Z"), until: new Date("2026-11-02T00:00:00Z") },
  },
  clusters: [],
  attribution: "unknown" as const,
  findings: [],
};

const begin = (more: { opportunityId?: string } = {}) =>
  database.proposals.create({
    ...more,
    tool: "calculator",
    baseVersion: 1,
    purpose: "failing",
    createdBy: PERSON,
    initial: "generating",
    reason: "",
  });

describe("moveProposal", () => {
  it("takes random walks without ever leaving the graph; the state is always the last transition's", async () => {
    const step = fc.record({
      to: fc.constantFrom(...ProposalState.options),
      person: fc.boolean(),
      stale: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (walk) => {
        const { id } = await begin();
        for (const { to, person, stale } of walk) {
          const before = await database.proposals.find(id);
          if (before === null) throw new Error("gone");
          const actor = person ? PERSON : machine("walk");
          const seen = stale ? before.sequence - 1 : before.sequence;
          const legal = mayMove(before.state, to, actor) && !stale;
          const moved = await moveProposal(database, { id, to, actor, reason: "walk", seen }).catch(
            (error: unknown) => {
              expect(isProblem(error) && error.code).toBe("conflict");
              return null;
            },
          );
          expect(moved !== null).toBe(legal);
          const after = await database.proposals.find(id);
          const log = await database.proposals.transitions(id);
          expect(after?.state).toBe(log.at(-1)?.to);
          expect(after?.state).toBe(legal ? to : before.state);
          expect(after?.sequence).toBe(log.length);
          if (moved !== null) expect(moved).toEqual(after);
        }
        const log = await database.proposals.transitions(id);
        for (const [index, { from, to, actor }] of log.entries()) {
          if (index === 0 || from === null) continue;
          expect(from).toBe(log[index - 1]?.to);
          expect(mayMove(from, to, actor)).toBe(true);
        }
        const audit = await database.audit.list({ subjectId: id }, { limit: 200 });
        expect(audit.items).toHaveLength(log.length - 1);
        expect(audit.items.map(({ verb }) => verb).reverse()).toEqual(log.slice(1).map(({ to }) => `proposal.${to}`));
      }),
      { numRuns: 12 },
    );
  });

  it("lets one of many through who saw the same", async () => {
    const { id, sequence } = await begin();
    const move = { id, to: "cancelled", actor: PERSON, reason: "", seen: sequence } as const;
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => moveProposal(database, move)));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await database.proposals.find(id))?.sequence).toBe(sequence + 1);
  });

  it("has an opportunity in progress exactly while a proposal may solve it", async () => {
    const opportunity = await database.opportunities.create({ tool: "calculator", state: "in_progress", ...PROBLEM });
    const opportunityId = opportunity.id;
    const state = async () => (await database.opportunities.find(opportunityId))?.state;
    const move = (id: string, to: ProposalState, actor: Actor) =>
      moveProposal(database, { id, to, actor, reason: "walk" });
    const first = await begin({ opportunityId });
    const second = await begin({ opportunityId });
    await move(first.id, "no_fix", machine("generate"));
    expect(await state()).toBe("in_progress");
    await move(second.id, "cancelled", PERSON);
    expect(await state()).toBe("open");
    await move(first.id, "generating", PERSON);
    expect(await state()).toBe("in_progress");
    await move(first.id, "no_fix", machine("generate"));
    expect(await state()).toBe("open");
    const { items } = await database.audit.list({ subjectId: opportunityId }, { limit: 10 });
    expect(items.map(({ verb }) => verb)).toEqual([
      "opportunity.reopened",
      "opportunity.pursued",
      "opportunity.reopened",
    ]);
    // What somebody put aside stays there, whatever becomes of its proposals.
    await database.opportunities.update(opportunityId, { state: "dismissed" });
    await move(first.id, "generating", PERSON);
    expect(await state()).toBe("dismissed");
  });

  it("says what a proposal is that cannot be moved", async () => {
    const { id, number } = await begin();
    await expect(moveProposal(database, { id, to: "deployed", actor: PERSON, reason: "" })).rejects.toThrow(
      `Proposal ${number} is generating and cannot become deployed`,
    );
    await expect(
      moveProposal(database, { id: "0190a000-0000-7000-8000-000000000000", to: "testing", actor: PERSON, reason: "" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});
