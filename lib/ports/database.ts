/**
 * What the rooms ask of the database. One repository a feature; rows come back parsed.
 * All writes of one decision go through `transaction`, with their audit row in it.
 */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment, MonitorState, StepRecord } from "#lib/core/deployment.ts";
import type { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import type { Observation } from "#lib/core/observation.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Attempt, Comment, DecisionRecord, Proposal, Purpose, Revision, Transition } from "#lib/core/proposal.ts";
import type { ShadowCall, ShadowTally } from "#lib/core/shadow.ts";
import type { AuditEntry, Job, Settings, Tool, ToolSettings, Version } from "#lib/core/version.ts";
import type { OpportunityState, ProposalState, Scope } from "#lib/core/words.ts";
import type { ExecutionRepository } from "./executions.ts";
import type { Page, PageRequest } from "./page.ts";

export type ToolRepository = {
  list(): Promise<Tool[]>;
  find(name: string): Promise<Tool | null>;
  findOfProposal(id: string): Promise<Tool | null>;
  /** Creates the tool, or updates `loadError` where it exists. */
  upsert(tool: { name: string; loadError: string | null }): Promise<Tool>;
  setLoadError(name: string, loadError: string | null): Promise<void>;
  /** Removes a hosted tool that never had a version; false, and nothing is done, where it has one or is not there. */
  removeUnborn(name: string): Promise<boolean>;
  /** Moves the active version only if it is still `from`; false otherwise. */
  setActive(name: string, from: number | null, to: number): Promise<boolean>;
  setSettings(name: string, settings: ToolSettings): Promise<void>;
  /** Serialises deploy, rollback and sync of one tool until the transaction ends. */
  lock(name: string): Promise<void>;
  /** The same for the tool that a proposal is for. */
  lockOfProposal(id: string): Promise<void>;
};

export type VersionHead = Pick<Version, "tool" | "number" | "hash" | "origin" | "proposalId">;

export type VersionRepository = {
  /** Adds a version, or returns the existing one with the same source hash. */
  add(version: Omit<Version, "number" | "createdAt" | "hash">): Promise<Version>;
  find(tool: string, number: number): Promise<Version | null>;
  findByHash(tool: string, hash: string): Promise<Version | null>;
  /** The version that answers the tool's calls. */
  findActive(tool: string): Promise<Version | null>;
  /** Those that answer the calls of these tools, in any order. */
  active(tools: readonly string[]): Promise<Version[]>;
  /** The version that a proposal was made for. */
  findBaseOf(proposalId: string): Promise<Version | null>;
  /** Newest first. */
  list(tool: string): Promise<Version[]>;
  /** All versions of these tools without their texts, newest first. */
  heads(tools: readonly string[]): Promise<VersionHead[]>;
  /** Numbers and hashes of all versions, newest first: what tells a known source from an edit. */
  hashes(tool: string): Promise<{ number: number; hash: string }[]>;
};

export type OpportunityRepository = {
  find(id: string): Promise<Opportunity | null>;
  list(
    filter: { tool?: string | undefined; state?: OpportunityState | undefined },
    page: PageRequest,
  ): Promise<Page<Opportunity>>;
  /** All of these tools that are not resolved, in any order. */
  live(tools: readonly string[]): Promise<Opportunity[]>;
  /** The one live opportunity (not resolved) of a tool and kind. */
  findLive(tool: string, kind: Opportunity["kind"]): Promise<Opportunity | null>;
  create(opportunity: Omit<Opportunity, "id" | "openedAt" | "updatedAt">): Promise<Opportunity>;
  update(id: string, change: Partial<Omit<Opportunity, "id" | "tool" | "openedAt">>): Promise<Opportunity>;
  /** Turns its state only while it is still `from`; false otherwise. */
  turn(id: string, from: OpportunityState, to: OpportunityState): Promise<boolean>;
};

export type ProposalFilter = {
  tool?: string | undefined;
  state?: ProposalState | undefined;
  opportunityId?: string | undefined;
};

export type ProposalRepository = {
  create(proposal: {
    tool: string;
    baseVersion: number;
    purpose: Purpose;
    opportunityId?: string | undefined;
    createdBy: Actor;
    initial: ProposalState;
    reason: string;
  }): Promise<Proposal>;
  find(id: string): Promise<Proposal | null>;
  findByNumber(number: number): Promise<Proposal | null>;
  list(filter: ProposalFilter, page: PageRequest): Promise<Page<Proposal>>;
  /** Ids of those that wait for their review, who waits longest first. */
  waiting(): Promise<string[]>;
  /** Appends a transition after position `seen`; null when the log has moved on since. Legality is the caller's. */
  transition(
    id: string,
    move: { seen: number; from: ProposalState; to: ProposalState; actor: Actor; reason: string },
  ): Promise<Transition | null>;
  transitions(id: string): Promise<Transition[]>;
  addRevision(id: string, revision: Omit<Revision, "number" | "createdAt" | "hash">): Promise<Revision>;
  revisions(id: string): Promise<Revision[]>;
  setAttempts(id: string, attempts: Attempt[], prompt: string | undefined): Promise<void>;
  addComment(id: string, comment: Omit<Comment, "id" | "createdAt" | "resolved">): Promise<Comment>;
  /** @param by null opens it again */
  resolveComment(commentId: string, by: Actor | null): Promise<Comment>;
  comments(id: string): Promise<Comment[]>;
  addEvidence(evidence: Omit<Evidence, "id" | "number" | "createdAt">, cases: EvidenceCase[]): Promise<Evidence>;
  evidence(id: string): Promise<Evidence[]>;
  evidenceCases(evidenceId: string): Promise<EvidenceCase[]>;
  addDecision(decision: Omit<DecisionRecord, "id" | "at">): Promise<DecisionRecord>;
  /** Its maker took it back: it stays on record and counts no longer. */
  withdrawDecision(decisionId: string): Promise<void>;
  /** Those that count, oldest first. */
  decisions(id: string): Promise<DecisionRecord[]>;
};

export type DeploymentRepository = {
  create(
    deployment: Omit<Deployment, "id" | "startedAt" | "steps" | "finishedAt" | "monitor"> & {
      /** The first of its journal, written with it. */
      steps?: readonly StepRecord[];
    },
  ): Promise<Deployment>;
  find(id: string): Promise<Deployment | null>;
  list(
    filter: { tool?: string | undefined; state?: Deployment["state"] | undefined; proposalId?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Deployment>>;
  appendStep(id: string, step: StepRecord): Promise<void>;
  /** Several at once, and where the backup is, if there is one. */
  appendSteps(id: string, steps: readonly StepRecord[], backup: string | null): Promise<void>;
  finish(id: string, state: Deployment["state"]): Promise<void>;
  /**
   * Writes the state of a watch that has not ended yet; false, and nothing is written, where it has, or was begun again
   * meanwhile. A person may settle or begin again one that ended, and says at which verdict it was seen.
   */
  setMonitor(id: string, monitor: MonitorState, seen?: MonitorState["verdict"]): Promise<boolean>;
};

export type AuditRepository = {
  append(entry: Omit<AuditEntry, "id" | "at">): Promise<void>;
  list(
    filter: {
      tool?: string | undefined;
      /** `proposal.approved`; a noun alone takes all its verbs. */
      verb?: string | undefined;
      subjectId?: string | undefined;
      /** Name of a person, key or part of the machine. */
      actor?: string | undefined;
      since?: Date | undefined;
      until?: Date | undefined;
    },
    page: PageRequest,
  ): Promise<Page<AuditEntry>>;
};

export type SettingsRepository = {
  get(): Promise<Settings>;
  /** @param change what changes, or what makes it of the settings as they are, under the lock of all who change them */
  set(change: Partial<Settings> | ((now: Settings) => Partial<Settings>)): Promise<Settings>;
};

export type JobRepository = {
  create(job: {
    kind: Job["kind"];
    input: Record<string, unknown>;
    tool: string | null;
    key: string;
    /** Absent: at once. */
    notBefore?: Date | undefined;
  }): Promise<{ job: Job; created: boolean }>;
  find(id: string): Promise<Job | null>;
  /** `dueBefore` leaves out jobs that must still wait then. */
  list(
    filter: {
      kind?: Job["kind"] | undefined;
      state?: Job["state"] | undefined;
      tool?: string | undefined;
      /** Whose work it is; asked together with its tool, of which it is told apart. */
      proposalId?: string | undefined;
      dueBefore?: Date | undefined;
    },
    page: PageRequest,
  ): Promise<Page<Job>>;
  update(id: string, change: JobChange): Promise<Job>;
  /** Changes a job only while it is in one of these states; null otherwise. */
  move(id: string, seen: readonly Job["state"][], change: JobChange): Promise<Job | null>;
};

export type JobChange = Partial<
  Pick<
    Job,
    "state" | "stage" | "progress" | "result" | "error" | "attempts" | "startedAt" | "finishedAt" | "cancelRequested"
  >
> & { notBefore?: Date | null };

/** The store behind `ctx.kv`, one name space a tool. */
export type KeyValueRepository = {
  get(tool: string, key: string): Promise<Json | undefined>;
  set(tool: string, key: string, value: Json): Promise<void>;
  delete(tool: string, key: string): Promise<void>;
};

/** Secrets that settings hold, for the broker alone. */
export type SecretRepository = {
  /** By name; never a value. */
  list(): Promise<{ name: string; setAt: Date }[]>;
  read(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  /** Whether there was one. */
  delete(name: string): Promise<boolean>;
};

/** What versions were seen doing. */
export type ObservationRepository = {
  /** Notes it for the first time, or once more. */
  note(seen: Pick<Observation, "tool" | "version" | "what" | "detail" | "executionId"> & { at: Date }): Promise<void>;
  /** By what was seen. */
  list(versions: readonly Pick<Version, "tool" | "number">[]): Promise<Observation[]>;
};

/** Live calls that waiting changes were tried on. */
export type ShadowRepository = {
  note(call: ShadowCall): Promise<void>;
  /** How many agreed and differed, all or after a point in time. */
  tally(proposalId: string, revision: number, since?: Date): Promise<ShadowTally>;
  /** Those that differed first, then the newest. */
  list(proposalId: string, revision: number, limit: number): Promise<ShadowCall[]>;
};

export type AccessKey = {
  id: string;
  name: string;
  kind: "person" | "key";
  scopes: Scope[];
  createdAt: Date;
  revokedAt: Date | null;
};

export type AccessRepository = {
  /** `secretHash` is the SHA-256 of the secret; the secret itself is never stored. */
  createKey(key: { name: string; kind: "person" | "key"; scopes: Scope[]; secretHash: string }): Promise<AccessKey>;
  findKeyByHash(secretHash: string): Promise<AccessKey | null>;
  listKeys(): Promise<AccessKey[]>;
  revokeKey(id: string): Promise<void>;
  createSignIn(token: { hash: string; keyId: string; expiresAt: Date }): Promise<void>;
  /** Uses up a sign-in token: null when it is unknown, used or expired. */
  takeSignIn(hash: string, now: Date): Promise<AccessKey | null>;
  createSession(session: { hash: string; keyId: string; expiresAt: Date }): Promise<void>;
  findSession(hash: string, now: Date): Promise<AccessKey | null>;
  deleteSession(hash: string): Promise<void>;
};

export type Repositories = {
  readonly tools: ToolRepository;
  readonly versions: VersionRepository;
  readonly executions: ExecutionRepository;
  readonly opportunities: OpportunityRepository;
  readonly proposals: ProposalRepository;
  readonly deployments: DeploymentRepository;
  readonly audit: AuditRepository;
  readonly settings: SettingsRepository;
  readonly jobs: JobRepository;
  readonly keyValues: KeyValueRepository;
  readonly observations: ObservationRepository;
  readonly shadow: ShadowRepository;
  readonly secrets: SecretRepository;
  readonly access: AccessRepository;
};

export type Database = Repositories & {
  /** Reads that are asked in one go: each wait costs more than what is waited for. No transaction around them. */
  together<T>(work: (reads: Repositories) => Promise<T>): Promise<T>;
  /** All or nothing. Inside, `events.publish` is delivered only on commit. */
  transaction<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** A change that pages follow: written with NOTIFY, so every replica hears it. */
  publish(event: ServerEvent): Promise<void>;
  /**
   * Hears the events of all replicas until the returned function is called. `onGap` says that some may have been
   * missed, because the connection was lost and is back: whoever keeps something by events looks again.
   */
  subscribe(listener: (event: ServerEvent) => void, onGap?: () => void): () => void;
  /** Whether the server answers and is migrated. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
};

/** What a page follows; `id` names the row that changed. */
export type ServerEvent = {
  kind: "execution" | "tool" | "opportunity" | "proposal" | "deployment" | "job" | "settings" | "activity";
  id: string;
  tool?: string | undefined;
};
