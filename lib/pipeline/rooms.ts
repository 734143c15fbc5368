/** What the rooms ask and answer: the signatures of the corridor. */
import type { Actor, Caller } from "#lib/core/actor.ts";
import type { TryCandidate } from "#lib/core/candidate.ts";
import type { Deployment, MonitorState } from "#lib/core/deployment.ts";
import type { Evidence, SideResult } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { DecisionRecord, Proposal } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import type { Decision } from "#lib/core/words.ts";

/** Progress out, stop in: what long work gets. `share` runs from 0 to 1. */
export type Work = { readonly signal: AbortSignal; progress(stage: string, share: number): Promise<void> };

export type ExecuteRequest = {
  readonly tool: string;
  readonly input: unknown;
  readonly caller: string;
  readonly traceId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type DetectResult = {
  opened: Opportunity[];
  updated: Opportunity[];
  resolved: Opportunity[];
  toolsExamined: number;
};

export type GenerateRequest = { readonly proposalId: string; readonly generator?: "model" | "templates" | undefined };

export type DecideRequest = {
  readonly proposalId: string;
  readonly decision: Decision;
  readonly reason: string;
  /** The digest of all that the person saw. */
  readonly digest: string;
  readonly acknowledge: readonly string[];
};

export type RollBackRequest = {
  readonly tool: string;
  readonly version?: number | undefined;
  readonly reason: string;
  /** What is put on record where no reason was given and none was needed. */
  readonly unsaid?: string;
  /** What really went live is really undone, whatever the mode is by now. */
  readonly mode?: "real";
};

/** How the active version did on one case of its tool. */
export type SuiteCase = Pick<SideResult, "status" | "latencyMs" | "output" | "error"> & {
  /** Of a kept case. */
  readonly id?: string;
  readonly description: string;
  readonly input: Json;
  /** Made by a person from an execution, not written in the file. */
  readonly kept: boolean;
  readonly passed: boolean;
  readonly expectedOutput?: Json;
  readonly shouldThrow?: string;
};

/** The cases of a tool, run on the version that was active then. */
export type SuiteRun = { readonly version: Version; readonly cases: readonly SuiteCase[] };

export type Pipeline = {
  /** 1. Runs a tool in the sandbox and records it durably before it answers. */
  execute(request: ExecuteRequest): Promise<Execution>;
  /** 2. Looks over the recorded executions and keeps the list of opportunities. */
  detect(request: { tool?: string | undefined }, work: Work): Promise<DetectResult>;
  /** 3. Writes a candidate for a proposal in state `generating`; ends in `testing` or `no_fix`. */
  generate(request: GenerateRequest, work: Work): Promise<Proposal>;
  /** 4. Tests the newest revision of a proposal in state `testing`; ends in `awaiting_review`. */
  test(request: { proposalId: string }, work: Work): Promise<Evidence>;
  /** 4. The cases of a tool on its active version. */
  runSuite(request: { tool: string }, work: Work): Promise<SuiteRun>;
  /** 4. One input through the base version and the newest revision, live effects never touched. */
  tryInput(request: { proposalId: string; input: Json }): Promise<{ old: SideResult; new: SideResult }>;
  /** 4. A source on a small sample, with nothing written: what a merge is tried with before it is taken. */
  tryCandidate: TryCandidate;
  /** 5. The digest that an approval of the proposal would bind to now. */
  digest(proposalId: string): Promise<string>;
  /** 5. Records a person's decision; refuses a stale digest, and approval of failed or error. */
  decide(
    request: DecideRequest,
    caller: Caller,
  ): Promise<{ proposal: Proposal; decision: DecisionRecord; missing: readonly string[] }>;
  /** 5. Takes the caller's last decision back, as long as nothing followed from it. */
  takeBack(proposalId: string, caller: Caller): Promise<Proposal>;
  /** 6. Deploys an approved proposal, or says what it would have done in simulated mode. */
  deploy(request: { proposalId: string }, actor: Actor): Promise<Deployment>;
  /** 6. Finishes or undoes deployments that a killed process left; called at every start. */
  recover(): Promise<Deployment[]>;
  /** 6. Brings this replica's file of a tool, or all, to what was activated elsewhere; answers which were written. */
  follow(request: { tool?: string | undefined }): Promise<string[]>;
  /** 7. One look at a fresh deployment; rolls back when it got worse. */
  monitor(request: { deploymentId: string }): Promise<MonitorState>;
  /** 8. Makes an earlier version active again: the one before, or any. */
  rollBack(request: RollBackRequest, actor: Actor): Promise<Deployment>;
};
