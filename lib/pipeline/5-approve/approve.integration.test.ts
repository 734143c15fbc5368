import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "#lib/core/actor.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import {
  ADA,
  addEvidence,
  addTool,
  BEN,
  callerOf,
  divider,
  GUARD,
  openWorkshop,
  type ProposalWish,
  tested,
  type Workshop,
} from "#lib/testing/workshop.ts";
import type { DecideRequest } from "../rooms.ts";
import { createApprove } from "./index.ts";

let shop: Workshop;
let room: ReturnType<typeof createApprove>;

beforeAll(async () => {
  shop = await openWorkshop();
  room = createApprove(shop);
  await addTool(shop, "divider");
});
afterAll(() => shop?.close());

const waiting = (wish: Partial<ProposalWish> = {}): Promise<Proposal> =>
  tested(shop, { tool: "divider", source: divider("divider", GUARD), ...wish });

async function decide(proposal: Proposal, change: Partial<DecideRequest> = {}, caller: Caller = callerOf(ADA)) {
  const digest = change.digest ?? (await room.digest(proposal.id));
  return room.decide(
    { proposalId: proposal.id, decision: "approve", reason: "", acknowledge: [], ...change, digest },
    caller,
  );
}

describe("createApprove", () => {
  it("records an approval with its move and audit row, by whom and bound to what", async () => {
    const proposal = await waiting();
    const digest = await room.digest(proposal.id);
    expect(digest).toMatch(/^[\da-f]{64}$/);
    const { proposal: after, decision } = await decide(proposal, { reason: "reads well" });
    expect(after.state).toBe("approved");
    expect(decision).toMatchObject({ digest, actor: ADA, reason: "reads well", evidenceNumber: 1, revision: 1 });
    expect(await shop.database.proposals.decisions(proposal.id)).toEqual([decision]);
    const { items } = await shop.database.audit.list({ subjectId: proposal.id, verb: "proposal.approved" }, {});
    expect(items).toHaveLength(1);
    expect(items[0]?.actor).toEqual(ADA);
  });

  it("refuses an actor without the scope, and writes nothing", async () => {
    const proposal = await waiting();
    const caller: Caller = { actor: ADA, scopes: ["read", "operate", "deploy"] };
    await expect(decide(proposal, {}, caller)).rejects.toMatchObject({ code: "forbidden" });
    expect(await shop.database.proposals.decisions(proposal.id)).toEqual([]);
  });

  it("refuses failed, error, a digest of yesterday and a warning not acknowledged", async () => {
    const conflict = { code: "conflict" };
    for (const verdict of ["failed", "error"] as const)
      await expect(decide(await waiting({ verdict }), { acknowledge: ["inconclusive"] })).rejects.toMatchObject(
        conflict,
      );
    const proposal = await waiting();
    const digest = await room.digest(proposal.id);
    await addEvidence(shop.database, proposal.id, { verdict: "inconclusive" });
    await expect(decide(proposal, { digest })).rejects.toThrow(/snapshot 1, passed, is now snapshot 2, inconclusive/);
    await expect(decide(proposal)).rejects.toMatchObject({ ...conflict, details: { missing: ["inconclusive"] } });
    expect(await shop.database.proposals.decisions(proposal.id)).toEqual([]);
    const { proposal: after } = await decide(proposal, { acknowledge: ["inconclusive"] });
    expect(after.state).toBe("approved");
  });

  it("waits for as many people as policy asks for, whoever comes at the same time", async () => {
    await shop.database.settings.set({ requiredApprovals: 2, fourEyes: true });
    const proposal = await waiting({ createdBy: ADA });
    expect((await decide(proposal)).proposal.state).toBe("awaiting_review");
    expect((await decide(proposal)).proposal.state).toBe("awaiting_review");
    expect((await decide(proposal, {}, callerOf(BEN))).proposal.state).toBe("approved");

    const contested = await waiting();
    const results = await Promise.allSettled([
      decide(contested),
      decide(contested, {}, callerOf(BEN)),
      decide(contested, {}, callerOf({ kind: "key", id: "cyd", name: "Cyd" })),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect((await shop.database.proposals.find(contested.id))?.state).toBe("approved");
    await shop.database.settings.set({ requiredApprovals: 1, fourEyes: false });
  });

  it("rejects and asks for changes", async () => {
    expect((await decide(await waiting(), { decision: "reject", reason: "no" })).proposal.state).toBe("rejected");
    expect((await decide(await waiting(), { decision: "request_changes" })).proposal.state).toBe("changes_requested");
    await shop.database.settings.set({ reasonRequired: true });
    await expect(decide(await waiting(), { decision: "reject" })).rejects.toThrow(/say why/);
    await shop.database.settings.set({ reasonRequired: false });
  });

  it("leaves a proposal stale whose base moved, and says so", async () => {
    const proposal = await waiting();
    const version = await shop.database.versions.find("divider", 1);
    if (version === null) throw new Error("no version");
    const { number: _number, hash: _hash, createdAt: _createdAt, ...rest } = version;
    const next = await shop.database.versions.add({ ...rest, source: divider("divider", "", " anew") });
    await shop.database.tools.setActive("divider", 1, next.number);
    await expect(decide(proposal)).rejects.toMatchObject({ code: "conflict", details: { state: "stale" } });
    expect((await shop.database.proposals.find(proposal.id))?.state).toBe("stale");
    await shop.database.tools.setActive("divider", next.number, 1);
  });

  it("has no digest for what was not tested", async () => {
    const proposal = await shop.database.proposals.create({
      tool: "divider",
      baseVersion: 1,
      purpose: "failing",
      createdBy: ADA,
      initial: "generating",
      reason: "",
    });
    await expect(room.digest(proposal.id)).rejects.toMatchObject({ code: "conflict" });
    await expect(room.digest("0190a000-0000-7000-8000-000000000000")).rejects.toMatchObject({ code: "not_found" });
  });
});
