import { describe, expect, it } from "vitest";
import { approvalDigest, currentParts, type VoidApproval, voidApprovals } from "#lib/core/approval-digest.ts";
import { policyOf } from "#lib/core/policy.ts";
import type { DecisionRecord } from "#lib/core/proposal.ts";
import { Settings } from "#lib/core/version.ts";
import type { DecideFacts } from "./decide.ts";
import { factsWith, person, revisionWith, snapshotWith, versionWith } from "./facts.fixture.ts";

const POLICY = policyOf(Settings.parse({}));

function approvedBy(id: string, facts: DecideFacts = factsWith()): DecideFacts {
  const parts = currentParts(facts);
  const decision: DecisionRecord = {
    id: `d-${id}`,
    proposalId: "p",
    revision: facts.proposal.revision,
    evidenceNumber: parts?.evidence.number ?? 0,
    decision: "approve",
    reason: "",
    digest: parts === null ? "" : approvalDigest(parts),
    acknowledged: [],
    actor: person(id),
    at: new Date(0),
  };
  return { ...facts, decisions: [...facts.decisions, decision] };
}

const whys = (voided: readonly VoidApproval[]) => voided.map(({ why }) => why);

describe("voidApprovals", () => {
  const facts = approvedBy("ada");

  it("is empty while an approval counts, and says why once it does not", () => {
    expect(voidApprovals(facts, POLICY)).toEqual([]);
    const edited = {
      ...facts,
      proposal: { ...facts.proposal, revision: 2 },
      revisions: [...facts.revisions, revisionWith(2)],
    };
    expect(whys(voidApprovals(edited, POLICY))).toEqual(["it was of revision 1, and revision 2 is the newest"]);
    const worse = { ...facts, snapshots: [...facts.snapshots, snapshotWith(2, { verdict: "inconclusive" })] };
    expect(whys(voidApprovals(worse, POLICY))).toEqual([
      "the evidence got worse: it said passed, and says inconclusive now",
    ]);
    const masked = { id: "masked", mustAcknowledge: true, text: "2 failures would be hidden." };
    const warned = { ...facts, snapshots: [...facts.snapshots, snapshotWith(2, {}, [masked])] };
    expect(whys(voidApprovals(warned, POLICY))).toEqual(["the evidence warns of more: 2 failures would be hidden"]);
    const known = {
      ...facts,
      snapshots: [...facts.snapshots, snapshotWith(2, {}, [{ ...masked, mustAcknowledge: false }])],
    };
    expect(voidApprovals(known, POLICY)).toEqual([]);
    const moved = { ...facts, base: versionWith(1, "another source") };
    expect(whys(voidApprovals(moved, POLICY))[0]).toContain("the base source");
    const nobody = policyOf(Settings.parse({ approvers: { replay: { passed: "nobody" } } }));
    expect(whys(voidApprovals(facts, nobody))[0]).toContain("policy changed: policy lets nobody approve");
  });

  it("says nothing of what was decided otherwise since, nor of an approval that was given anew", () => {
    const [first] = facts.decisions as [DecisionRecord];
    const refused = { ...facts, decisions: [first, { ...first, id: "r", decision: "request_changes" as const }] };
    expect(voidApprovals(refused, POLICY)).toEqual([]);
    const stale = { ...first, id: "old", digest: "0".repeat(64) };
    expect(voidApprovals({ ...facts, decisions: [stale, first] }, POLICY)).toEqual([]);
  });
});
