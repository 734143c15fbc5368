import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { approvalDigest, currentParts } from "#lib/core/approval-digest.ts";
import { DEPLOY_STEPS, type StepRecord } from "#lib/core/deployment.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { ProposalState, Verdict } from "#lib/core/words.ts";
import { factsWith, MACHINE, person, revisionWith, snapshotWith } from "../5-approve/facts.fixture.ts";
import {
  decideDeploy,
  decideDisk,
  decideRecovery,
  mayHaveRenamed,
  modeFor,
  probesFrom,
  stepUnderWay,
} from "./decide.ts";

const ADA = person("ada");

/** Approved by the given actor on the newest evidence. */
function approvedFacts(by: Actor = ADA, change: Parameters<typeof factsWith>[0] = {}) {
  const facts = factsWith(change);
  const parts = currentParts(facts);
  if (parts === null) throw new Error("no evidence");
  const decision = {
    id: "d",
    proposalId: "p",
    revision: facts.proposal.revision,
    evidenceNumber: facts.snapshots.length,
    decision: "approve" as const,
    reason: "",
    digest: approvalDigest(parts),
    acknowledged: [],
    actor: by,
    at: new Date(0),
  };
  return { ...facts, proposal: { ...facts.proposal, state: "approved" as ProposalState }, decisions: [decision] };
}

describe("decideDeploy", () => {
  it("lets an approved proposal through, and a simulated one", () => {
    const facts = approvedFacts();
    expect(decideDeploy(facts, ADA)).toEqual({ kind: "go" });
    expect(decideDeploy({ ...facts, proposal: { ...facts.proposal, state: "simulated" } }, ADA)).toEqual({
      kind: "go",
    });
  });

  it("lets no other state through", () => {
    for (const state of ProposalState.options) {
      if (state === "approved" || state === "simulated") continue;
      const facts = approvedFacts();
      expect(decideDeploy({ ...facts, proposal: { ...facts.proposal, state } }, ADA).kind).toBe("refused");
    }
  });

  it("looks at the approvals again, whatever the state says", () => {
    const facts = approvedFacts();
    expect(decideDeploy({ ...facts, decisions: [] }, ADA).kind).toBe("refused");
    expect(decideDeploy({ ...facts, policy: { ...facts.policy, requiredApprovals: 2 } }, ADA)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("needs 2 approvals now, and has 1"),
    });
    const edited = { ...facts, revisions: [{ ...revisionWith(1), hash: "other" }] };
    expect(decideDeploy(edited, ADA)).toMatchObject({ reason: expect.stringContaining("not what there is now") });
    for (const verdict of Verdict.options) {
      const later = { ...facts, snapshots: [...facts.snapshots, snapshotWith(2, { verdict })] };
      expect(decideDeploy(later, ADA).kind).toBe(verdict === "passed" ? "go" : "refused");
    }
  });

  it("calls it stale where the base moved", () => {
    expect(decideDeploy({ ...approvedFacts(), activeVersion: 2 }, ADA).kind).toBe("stale");
  });

  it("deploys without a person only while policy says so", () => {
    const facts = approvedFacts(MACHINE);
    expect(decideDeploy(facts, MACHINE).kind).toBe("refused");
    expect(decideDeploy({ ...facts, policy: { ...facts.policy, autoDeploy: true } }, MACHINE).kind).toBe("go");
    expect(decideDeploy(approvedFacts(ADA), MACHINE).kind).toBe("go");
  });

  it("does not deploy what is active already", () => {
    const same = factsWith().base.hash;
    const facts = approvedFacts(ADA, { revisions: [{ ...revisionWith(1), hash: same }] });
    expect(decideDeploy(facts, ADA)).toMatchObject({ reason: expect.stringContaining("nothing to deploy") });
  });
});

describe("decideDisk", () => {
  const known = new Set(["active", "older"]);
  const disk = (kind: "deploy" | "rollback", diskHash: string | null) =>
    decideDisk({ kind, diskHash, activeHash: "active", toHash: "new", knownHashes: known }).kind;

  it("deploys onto the reviewed file only", () => {
    expect(disk("deploy", "active")).toBe("write");
    for (const hash of [null, "older", "an edit"]) expect(disk("deploy", hash)).toBe("refused");
  });

  it("rolls back whatever the file is, but overwrites no edit", () => {
    for (const hash of ["active", "older", null]) expect(disk("rollback", hash)).toBe("write");
    expect(disk("rollback", "an edit")).toBe("leave");
  });

  it("leaves an edit that nobody has taken, by the version that keeps it", () => {
    const edit = {
      kind: "rollback",
      diskHash: "older",
      activeHash: "active",
      toHash: "new",
      knownHashes: known,
    } as const;
    expect(decideDisk({ ...edit, editVersion: 3 })).toEqual({
      kind: "leave",
      reason: "the file holds an edit, kept as version 3, and is left alone",
    });
    expect(decideDisk({ ...edit, diskHash: "an edit" })).toMatchObject({
      reason: expect.stringContaining("no version knows"),
    });
  });

  it("tells the edit that it is to deploy from another one, and from an earlier version", () => {
    const facts = { kind: "deploy", diskHash: "edit", activeHash: "active", toHash: "edit" } as const;
    const knownHashes = new Set(["active", "edit"]);
    expect(decideDisk({ ...facts, knownHashes, editVersion: 2 })).toEqual({
      kind: "held",
      reason: expect.stringContaining("take the disk"),
    });
    expect(decideDisk({ ...facts, knownHashes: known }).kind).toBe("held");
    expect(decideDisk({ ...facts, knownHashes }).kind).toBe("refused");
    expect(decideDisk({ ...facts, toHash: "new", knownHashes, editVersion: 2 }).kind).toBe("refused");
  });

  it("never writes over a file that the database does not know", () => {
    const hash = fc.option(fc.constantFrom("active", "older", "x", "y"));
    fc.assert(
      fc.property(fc.constantFrom("deploy", "rollback" as const), hash, (kind, diskHash) => {
        if (diskHash !== null && !known.has(diskHash)) expect(disk(kind, diskHash)).not.toBe("write");
      }),
    );
  });
});

describe("recovering", () => {
  const at = new Date(0);
  const upTo = (count: number): StepRecord[] => DEPLOY_STEPS.slice(0, count).map((step) => ({ step, at, detail: "" }));

  it("undoes before the activation and finishes after it", () => {
    for (const [count] of [...DEPLOY_STEPS, "none"].entries()) {
      const steps = upTo(count);
      expect(decideRecovery({ state: "running", steps })).toBe(count >= 6 ? "finish" : "undo");
      for (const state of ["done", "undone", "simulated"] as const)
        expect(decideRecovery({ state, steps })).toBe("nothing");
      // Only after the verification was written down may the file have been replaced.
      expect(mayHaveRenamed({ steps })).toBe(count >= 4);
    }
    expect(stepUnderWay({ steps: upTo(4) })).toBe("rename");
    expect(stepUnderWay({ steps: [] })).toBe("intent");
  });
});

describe("modeFor", () => {
  it("lets the tool's own mode win", () => {
    expect(modeFor(undefined, "simulated")).toBe("simulated");
    expect(modeFor(undefined, "real")).toBe("real");
    expect(modeFor("simulated", "real")).toBe("simulated");
    expect(modeFor("real", "simulated")).toBe("real");
  });
});

describe("probesFrom", () => {
  const SIDE = { latencyMs: 1, effects: [], output: 1 };
  const one = (index: number, change: Partial<EvidenceCase>): EvidenceCase => ({
    index,
    label: "agrees",
    source: "recorded",
    description: `case ${index}`,
    input: index,
    target: false,
    old: { ...SIDE, status: "succeeded" },
    new: { ...SIDE, status: "succeeded" },
    differences: [],
    ...change,
  });

  it("takes the base cases first, then the targets, and nothing that has no answer to repeat", () => {
    const probes = probesFrom(
      [
        one(0, {}),
        one(1, { target: true }),
        one(2, { source: "base_case" }),
        one(3, { source: "stored_case", target: true }),
        one(4, { target: true, new: { ...SIDE, status: "timed_out" } }),
        one(5, { target: true, new: { ...SIDE, status: "diverged" } }),
        one(6, { source: "candidate_case" }),
      ],
      ["/at"],
    );
    expect(probes.map(({ input }) => input)).toEqual([2, 3, 1]);
    expect(probes[0]).toMatchObject({ noise: ["/at"], expected: { status: "succeeded", output: 1 } });
  });

  it("stays short however long the evidence is", () => {
    expect(
      probesFrom(
        Array.from({ length: 500 }, (_, index) => one(index, { target: true })),
        [],
      ),
    ).toHaveLength(60);
  });
});
