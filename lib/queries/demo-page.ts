/** The demo as a person follows it: seven parts, each told by what the demo's database holds. */
import type { Actor } from "#lib/core/actor.ts";
import { isFailure } from "#lib/core/execution.ts";
import type { ProposalState } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";

export type DemoPart = {
  readonly number: number;
  readonly title: string;
  readonly state: "waiting" | "running" | "yours" | "done" | "stopped";
  readonly detail: string;
};

export type DemoPage = {
  readonly parts: DemoPart[];
  readonly tool: string;
  /** The proposal to review, once there is one. */
  readonly proposalId: string | null;
  /** The calls that failed first, with what they answer now. */
  readonly answers: {
    readonly executionId: string;
    readonly input: string;
    readonly answer: string;
    readonly status: string;
  }[];
  readonly canVerify: boolean;
  readonly canRollBack: boolean;
  readonly finished: boolean;
};

export const DEMO_BEGUN = "demo.begun";

/** Who began the demo that stands, and when; null where nobody did, or before that was written down. */
export async function readDemoBeginning(database: Database): Promise<{ by: Actor; at: Date } | null> {
  const { items } = await database.audit.list({ verb: DEMO_BEGUN }, { limit: 20 });
  const first = items.at(-1);
  return first === undefined ? null : { by: first.actor, at: first.at };
}

/** The parts, with what happens in each. */
export const DEMO_PARTS = [
  ["Set up", "A copy of the tools, with a calculator of the demo's own, in a workspace and database apart."],
  ["Ten calls, five of them fail", "A calculator is asked to divide by zero: Infinity is not JSON."],
  ["Detect the problem", "The success rate is held against its target; the failures become one cluster."],
  ["Generate and test a fix", "Templates make it, with no model; test cases and the recorded calls prove it."],
  ["You approve; it deploys with a backup", "You read the diff beside its evidence. Nothing is written before."],
  ["The failing calls answered", "The same five calls again: a clear refusal, not a made-up value."],
  ["You roll back", "One click, verified byte for byte."],
] as const;

const AFTER_REVIEW: readonly ProposalState[] = [
  "approved",
  "deploying",
  "deployed",
  "monitoring",
  "stable",
  "rolled_back",
];

/**
 * Reads the demo's progress.
 * @param database the demo workspace's database
 * @param tool the buggy tool; `calls` is how many calls part 2 makes; `failing` how many of them part 6 repeats
 */
export async function readDemoPage(
  database: Database,
  tool: string,
  calls: number,
  failing: number,
): Promise<DemoPage> {
  const [made, repeated, found, proposals, deployments, hosted] = await Promise.all([
    database.executions.list({ tool, caller: "demo" }, { limit: calls }),
    database.executions.list({ tool, caller: "demo-verify" }, { limit: failing }),
    database.opportunities.list({ tool }, { limit: 1 }),
    database.proposals.list({ tool }, { limit: 1 }),
    database.deployments.list({ tool }, { limit: 10 }),
    database.tools.list(),
  ]);
  const opportunity = found.items[0];
  const proposal = proposals.items[0];
  const failed = made.items.filter(({ status }) => isFailure(status));
  const deployed = deployments.items.find(({ kind, state }) => kind === "deploy" && state === "done");
  const rolledBack = deployments.items.find(({ kind, state }) => kind === "rollback" && state === "done");
  const refused = repeated.items.filter(({ status }) => status === "refused");
  const evidence = proposal === undefined ? undefined : (await database.proposals.evidence(proposal.id)).at(-1);
  const reviewed = proposal !== undefined && AFTER_REVIEW.includes(proposal.state);

  const done = [
    hosted.length > 0,
    made.items.length >= calls,
    opportunity !== undefined,
    evidence !== undefined && proposal !== undefined && proposal.state !== "generating" && proposal.state !== "testing",
    deployed !== undefined,
    repeated.items.length >= failing,
    rolledBack !== undefined,
  ];
  const details = [
    `${hosted.length} tools copied into a workspace of their own, in real mode`,
    made.items.length === 0
      ? ""
      : `${made.items.length - failed.length} of ${made.items.length} calls succeeded, ${failed.length} failed`,
    opportunity?.reason ?? "",
    proposal?.state === "no_fix" ? "No fix was found" : (evidence?.headline ?? ""),
    deployed === undefined ? "" : `Version ${deployed.toVersion} is active; the backup is kept`,
    repeated.items.length === 0
      ? ""
      : `${refused.length} of ${repeated.items.length} calls are refused clearly instead of failing`,
    rolledBack === undefined ? "" : `Version ${rolledBack.toVersion} is active again, equal byte for byte`,
  ];
  const next = done.indexOf(false);
  const stopped =
    proposal !== undefined &&
    ["no_fix", "rejected", "cancelled", "changes_requested", "stale"].includes(proposal.state);
  const parts = DEMO_PARTS.map(([title], index): DemoPart => {
    const number = index + 1;
    if (done[index]) return { number, title, state: "done", detail: details[index] ?? "" };
    if (index !== next) return { number, title, state: "waiting", detail: "" };
    if (stopped)
      return {
        number,
        title,
        state: "stopped",
        detail: details[index] || `The proposal is ${proposal.state.replaceAll("_", " ")}`,
      };
    if (number === 5 && !reviewed)
      return { number, title, state: "yours", detail: "Read the diff and its evidence, then press Approve and deploy" };
    if (number === 7) return { number, title, state: "yours", detail: "One click takes the old version back" };
    return { number, title, state: "running", detail: details[index] ?? "" };
  });
  return {
    parts,
    tool,
    proposalId: proposal?.id ?? null,
    answers: repeated.items.map((execution) => ({
      executionId: execution.id,
      input: JSON.stringify(execution.input),
      answer:
        execution.error === undefined
          ? JSON.stringify(execution.output ?? null)
          : `${execution.error.code ?? execution.error.name}: ${execution.error.message}`,
      status: execution.status,
    })),
    canVerify: deployed !== undefined && repeated.items.length < failing && rolledBack === undefined,
    canRollBack: deployed !== undefined && rolledBack === undefined && repeated.items.length >= failing,
    finished: next === -1,
  };
}
