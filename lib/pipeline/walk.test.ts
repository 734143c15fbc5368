/** The whole way to a deployment as a machine: random commands of random actors, held against a ledger of its own. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { approvalDigest, currentParts, currentSnapshot } from "#lib/core/approval-digest.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import { policyOf, type SomeApprovers } from "#lib/core/policy.ts";
import { decideTakeBack } from "#lib/core/take-back.ts";
import { Settings } from "#lib/core/version.ts";
import type { Strategy, Verdict } from "#lib/core/words.ts";
import { type DecideFacts, decideOn, warningsToAcknowledge } from "./5-approve/decide.ts";
import { factsWith, MACHINE, person, revisionWith, snapshotWith, versionWith } from "./5-approve/facts.fixture.ts";
import { decideDeploy } from "./6-deploy/decide.ts";
import { canMove } from "./transitions.ts";

const KEY: Actor = { kind: "key", id: "agent", name: "an agent" };
const ACTORS: readonly Actor[] = [person("ada"), person("ben"), KEY, MACHINE];

type Approval = { actor: Actor; revision: number; base: number; snapshot: number; verdict: Verdict; acked: boolean };
type World = { facts: DecideFacts; approvals: Approval[]; deployed: number };

type Command =
  | { do: "edit"; by: number }
  | { do: "test"; verdict: Verdict; strategy: Strategy; used: Strategy }
  | {
      do: "decide";
      by: number;
      decision: "approve" | "reject" | "request_changes";
      stale: boolean;
      acknowledge: boolean;
    }
  | { do: "undo"; by: number }
  | { do: "deploy"; by: number }
  | { do: "base moves" }
  | { do: "base comes back" }
  | { do: "policy"; approvals: number; fourEyes: boolean; autoDeploy: boolean; approvers: SomeApprovers };

const somebody = fc.constantFrom<"key" | "person" | "nobody">("key", "key", "person", "nobody");
const anybody = fc.constantFrom<"machine" | "key" | "person" | "nobody">(
  "machine",
  "machine",
  "key",
  "person",
  "nobody",
);
const approvers: fc.Arbitrary<SomeApprovers> = fc.record(
  {
    shadow: fc.record({ passed: anybody, inconclusive: somebody }, { requiredKeys: [] }),
    replay: fc.record({ passed: anybody, inconclusive: somebody }, { requiredKeys: [] }),
    synthetic: fc.record({ passed: somebody, inconclusive: somebody }, { requiredKeys: [] }),
    manual: fc.record({ inconclusive: somebody }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<SomeApprovers>;

const by = fc.nat(ACTORS.length - 1);
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant("edit" as const), by }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("test" as const),
      verdict: fc.constantFrom<Verdict>("passed", "passed", "inconclusive", "failed", "error"),
      strategy: fc.constantFrom<Strategy>("shadow", "replay", "synthetic", "manual"),
      used: fc.constantFrom<Strategy>("shadow", "replay", "synthetic", "manual"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("decide" as const),
      by,
      decision: fc.constantFrom<"approve" | "reject" | "request_changes">(
        "approve",
        "approve",
        "approve",
        "request_changes",
        "reject",
      ),
      stale: fc.boolean(),
      acknowledge: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("deploy" as const), by }) },
  fc.record({ do: fc.constant("undo" as const), by }),
  fc.record({ do: fc.constant("base moves" as const) }),
  fc.record({ do: fc.constant("base comes back" as const) }),
  fc.record({
    do: fc.constant("policy" as const),
    approvals: fc.integer({ min: 1, max: 2 }),
    fourEyes: fc.boolean(),
    autoDeploy: fc.boolean(),
    approvers,
  }),
);

let nextId = 0;
const STALE = "0".repeat(64);

function step(world: World, one: Command): World {
  const { facts } = world;
  const { proposal } = facts;
  const moveTo = (state: typeof proposal.state, more: Partial<typeof proposal> = {}): DecideFacts =>
    canMove(proposal.state, state)
      ? { ...facts, proposal: { ...proposal, ...more, state, sequence: proposal.sequence + 1 } }
      : facts;
  switch (one.do) {
    case "edit": {
      const moved = moveTo("testing", { revision: proposal.revision + 1 });
      if (moved === facts) return world;
      const revision = revisionWith(proposal.revision + 1, ACTORS[one.by] ?? MACHINE);
      return { ...world, facts: { ...moved, revisions: [...facts.revisions, revision] } };
    }
    case "test": {
      const again = proposal.state === "testing" ? facts : moveTo("testing");
      if (again.proposal.state !== "testing") return world;
      const { verdict, strategy, used } = one;
      const more = { verdict, strategy, strategyUsed: used, revision: again.proposal.revision };
      const snapshot = snapshotWith(facts.snapshots.length + 1, more);
      const next = { ...again.proposal, state: "awaiting_review" as const };
      return { ...world, facts: { ...again, proposal: next, snapshots: [...facts.snapshots, snapshot] } };
    }
    case "decide":
      return decide(world, one);
    case "undo":
      return takeBack(world, ACTORS[one.by] ?? MACHINE);
    case "deploy": {
      const answer = decideDeploy(facts, ACTORS[one.by] ?? MACHINE);
      if (answer.kind === "stale") return { ...world, facts: moveTo("stale") };
      if (answer.kind === "refused") return world;
      checkDeployment(world, ACTORS[one.by] ?? MACHINE);
      return { ...world, deployed: world.deployed + 1 };
    }
    case "base moves":
      return { ...world, facts: { ...facts, activeVersion: 2 } };
    case "base comes back":
      return { ...world, facts: { ...facts, activeVersion: 1 } };
    case "policy": {
      const { approvals: requiredApprovals, do: _, ...rest } = one;
      return { ...world, facts: { ...facts, policy: policyOf(Settings.parse({ requiredApprovals, ...rest })) } };
    }
  }
}

function decide(world: World, one: Extract<Command, { do: "decide" }>): World {
  const { facts } = world;
  const { proposal } = facts;
  const actor = ACTORS[one.by] ?? MACHINE;
  const parts = currentParts(facts);
  const snapshot = currentSnapshot(facts);
  const acknowledge = one.acknowledge && snapshot !== null ? warningsToAcknowledge(snapshot) : [];
  const digest = one.stale || parts === null ? STALE : approvalDigest(parts);
  const request = { proposalId: "p", decision: one.decision, reason: "because", digest, acknowledge };
  const outcome = decideOn(facts, request, actor);
  if (outcome.kind !== "recorded") return world;
  const decisions = [...facts.decisions, { ...outcome.decision, id: String(nextId++), at: new Date(0) }];
  const state = outcome.to ?? proposal.state;
  const approvals =
    one.decision !== "approve" || snapshot === null
      ? []
      : [
          ...world.approvals,
          {
            actor,
            revision: proposal.revision,
            base: facts.activeVersion ?? 0,
            snapshot: snapshot.number,
            verdict: snapshot.verdict,
            acked: one.acknowledge,
          },
        ];
  return { ...world, approvals, facts: { ...facts, decisions, proposal: { ...proposal, state } } };
}

/** The log is left out: what was decided while it waited is all that this world knows. */
function takeBack(world: World, actor: Actor): World {
  const { facts } = world;
  const last = facts.decisions.at(-1);
  const to = { approve: "approved", reject: "rejected", request_changes: "changes_requested" } as const;
  const move = {
    sequence: 2,
    from: "awaiting_review",
    to: to[last?.decision ?? "approve"],
    actor,
    reason: "",
    at: new Date(0),
  } as const;
  const answer = decideTakeBack({ ...facts, transitions: [move] }, actor);
  if (answer.kind === "refused") return world;
  const decisions = facts.decisions.filter(({ id }) => id !== answer.decision.id);
  const approvals = answer.decision.decision === "approve" ? withoutLastOf(world.approvals, actor) : world.approvals;
  return {
    ...world,
    approvals,
    facts: { ...facts, decisions, proposal: { ...facts.proposal, state: "awaiting_review" } },
  };
}

function withoutLastOf(approvals: readonly Approval[], actor: Actor): Approval[] {
  const at = approvals.findLastIndex((one) => one.actor.kind === actor.kind && one.actor.id === actor.id);
  return approvals.filter((_, index) => index !== at);
}

/** From the least to the most: what the table asks for, and what an actor is. */
const RANK = ["machine", "key", "person", "nobody"];

function leastToDecide(policy: DecideFacts["policy"], snapshot: Evidence | undefined): string {
  const { strategyUsed, verdict } = snapshot ?? { strategyUsed: "manual", verdict: "error" };
  const row: Record<string, string> = policy.approvers[strategyUsed];
  const cell = (verdict === "passed" ? row.passed : undefined) ?? row.inconclusive ?? "nobody";
  return cell === "machine" && !policy.autoDeploy ? "key" : cell;
}

/** What policy asks of every deployment, written down anew and not taken from the code that decides. */
function checkDeployment({ facts, approvals }: World, deployer: Actor): void {
  const { proposal, policy, activeVersion, revisions } = facts;
  const snapshot = facts.snapshots.filter(({ revision }) => revision === proposal.revision).at(-1);
  expect(["approved", "simulated"]).toContain(proposal.state);
  expect(activeVersion).toBe(proposal.baseVersion);
  expect(["passed", "inconclusive"]).toContain(snapshot?.verdict);
  // Only approvals of this very source on this very base that no worse evidence has overtaken.
  const valid = approvals.filter(
    ({ revision, base, verdict }) =>
      revision === proposal.revision && base === 1 && !(verdict === "passed" && snapshot?.verdict === "inconclusive"),
  );
  const least = leastToDecide(policy, snapshot);
  const counted = valid.filter(({ actor }) => RANK.indexOf(actor.kind) >= RANK.indexOf(least));
  const people = new Map(counted.map((one) => [`${one.actor.kind} ${one.actor.id}`, one]));
  expect(people.size).toBeGreaterThanOrEqual(policy.requiredApprovals);
  const author = revisions.find(({ number }) => number === proposal.revision)?.author;
  const isAuthor = ({ kind, id }: Actor) => kind === author?.kind && id === author.id;
  if (policy.fourEyes) {
    const others = [...people.values()].filter(({ actor }) => actor.kind !== "machine" && !isAuthor(actor));
    expect(others.length).toBeGreaterThan(0);
  }
  for (const { verdict, acked, actor } of people.values()) {
    if (verdict === "inconclusive") expect(acked).toBe(true);
    if (actor.kind === "machine") expect(verdict).toBe("passed");
  }
  expect(least).not.toBe("nobody");
  const machinesOnly = [...people.values()].every(({ actor }) => actor.kind === "machine");
  if (machinesOnly && deployer.kind === "machine") {
    expect(policy.autoDeploy).toBe(true);
    expect(["replay", "shadow"]).toContain(snapshot?.strategyUsed);
    expect(snapshot?.verdict).toBe("passed");
  }
}

describe("random commands of random actors", () => {
  it("never deploy without what policy asks, nor on a void approval", () => {
    let deployed = 0;
    let refused = 0;
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const start = factsWith({ otherVersions: [versionWith(2)] });
        let world: World = { facts: start, approvals: [], deployed: 0 };
        for (const one of commands) {
          const before = world.deployed;
          world = step(world, one);
          if (one.do === "deploy" && world.deployed === before) refused += 1;
        }
        deployed += world.deployed;
      }),
      { numRuns: 2_000 },
    );
    // The walk reaches deployments (around a hundred), and far more often it is turned away.
    expect(deployed).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(deployed);
  });
});
