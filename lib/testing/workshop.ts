/** Real database, files and sandbox for tests of rooms, with proposals brought to where a test begins. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import type { Actor, Caller } from "#lib/core/actor.ts";
import { approvalDigest, currentParts } from "#lib/core/approval-digest.ts";
import type { EvidenceCase, EvidenceSummary } from "#lib/core/evidence.ts";
import { NO_CHANGES } from "#lib/core/evidence-summary.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Strategy, Verdict } from "#lib/core/words.ts";
import { createApprove } from "#lib/pipeline/5-approve/index.ts";
import { gatherApproval } from "#lib/pipeline/gather-approval.ts";
import { moveProposal } from "#lib/pipeline/transitions.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Files } from "#lib/ports/files.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { loadTools } from "#lib/registry/load-tools.ts";
import { createTestDatabase } from "./postgres.ts";

export type Workshop = {
  readonly database: Database;
  readonly files: Files;
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly home: string;
  readonly tools: string;
  readonly backups: string;
  /** Address of the database. */
  readonly url: string;
  close(): Promise<void>;
};

export const ADA: Actor = { kind: "person", id: "ada", name: "Ada" };
export const BEN: Actor = { kind: "person", id: "ben", name: "Ben" };
export const callerOf = (actor: Actor): Caller => ({ actor, scopes: ["read", "approve", "deploy"] });

/** Opens a database, two folders and a sandbox of the test's own. */
export async function openWorkshop(): Promise<Workshop> {
  const home = await mkdtemp(join(tmpdir(), "whetstone-workshop-"));
  const tools = join(home, "tools");
  await mkdir(tools);
  const backups = join(home, "backups");
  const { database, url, close } = await createTestDatabase();
  const sandbox = await createSandbox({ workers: 1 });
  return {
    database,
    sandbox,
    clock: systemClock,
    home,
    tools,
    backups,
    url,
    files: createFiles({ toolsFolder: tools, backupsFolder: backups }),
    async close() {
      await sandbox.close();
      await close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A dividing tool. `guard` stands before the division; `note` makes sources differ that do the same. */
export function divider(name: string, guard = "", note = ""): string {
  return `import { defineTool, ToolError } from "whetstone";

export default defineTool({
  name: "${name}",
  description: "Divides two numbers${note}",
  inputSchema: { type: "object", required: ["a", "b"], properties: { a: { type: "number" }, b: { type: "number" } } },
  outputSchema: { type: "object", required: ["result"], properties: { result: { type: "number" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: true },
  permissions: { network: [], kv: "none", secrets: [] },
  testCases: [
    { description: "divides", input: { a: 9, b: 3 }, expectedOutput: { result: 3 } },
    { description: "refuses zero", input: { a: 1, b: 0 }, shouldThrow: "division_by_zero" },
  ],
  run({ a, b }: { a: number; b: number }) {
    ${guard}
    if (!Number.isFinite(a / b) && b !== 0) throw new ToolError("out_of_range", "too large");
    return { result: a / b };
  },
});
`;
}

export const GUARD = 'if (b === 0) throw new ToolError("division_by_zero", "the divisor is zero");';

/** Puts a file into the folder and takes it in as version 1. */
export async function addTool(workshop: Workshop, name: string, source = divider(name)): Promise<void> {
  await writeFile(join(workshop.tools, `${name}.ts`), source);
  const { broken } = await loadTools(workshop);
  const fault = broken.find(({ file }) => file === `${name}.ts`);
  if (fault !== undefined) throw new Error(`${name} does not load: ${fault.error}`);
}

export type ProposalWish = {
  readonly tool: string;
  readonly source: string;
  readonly verdict?: Verdict;
  readonly strategy?: Strategy;
  readonly strategyUsed?: Strategy;
  readonly warnings?: EvidenceSummary["warnings"];
  readonly cases?: readonly EvidenceCase[];
  readonly createdBy?: Actor;
};

const SIDE = { latencyMs: 1, effects: [] };

/** What the guarded divider shows when it is tested. */
export const CASES: readonly EvidenceCase[] = [
  {
    index: 0,
    label: "agrees",
    source: "base_case",
    description: "divides",
    input: { a: 9, b: 3 },
    target: false,
    expectedOutput: { result: 3 },
    old: { ...SIDE, status: "succeeded", output: { result: 3 } },
    new: { ...SIDE, status: "succeeded", output: { result: 3 } },
    differences: [],
  },
  {
    index: 1,
    label: "handled",
    source: "recorded",
    description: "a call that failed",
    input: { a: 1, b: 0 },
    target: true,
    old: { ...SIDE, status: "failed", error: { name: "OutputNotJson", message: "Infinity", stack: "" } },
    new: { ...SIDE, status: "refused", error: { name: "ToolError", code: "division_by_zero", message: "", stack: "" } },
    differences: [],
  },
];

export function summaryWith(warnings: EvidenceSummary["warnings"] = []): EvidenceSummary {
  const side = { succeeded: 60, successRate: 1, p50Ms: 1, p95Ms: 2 };
  return {
    counts: { agrees: 60 },
    agreement: { comparable: 60, agreed: 60, lowerBound: 0.951, upperBound: 1, threshold: 0.95 },
    targets: { total: 1, met: 1 },
    baseCases: { total: 2, passed: 2 },
    ab: { n: 60, old: side, new: side, difference: 0, interval: [-0.05, 0.05], winner: "none" },
    noisePaths: [],
    notTested: [],
    wouldSettle: [],
    warnings,
    changes: NO_CHANGES,
    validationErrors: [],
  };
}

/** A proposal that was tested and waits for a decision. */
export async function tested({ database }: Pick<Workshop, "database">, wish: ProposalWish): Promise<Proposal> {
  const tool = await database.tools.find(wish.tool);
  const proposal = await database.proposals.create({
    tool: wish.tool,
    baseVersion: tool?.activeVersion ?? 1,
    purpose: "failing",
    createdBy: wish.createdBy ?? { kind: "machine", id: "templates", name: "templates" },
    initial: "testing",
    reason: "proposed by a test",
  });
  await database.proposals.addRevision(proposal.id, {
    source: wish.source,
    rationale: "dividing by zero is refused",
    author: wish.createdBy ?? { kind: "machine", id: "templates", name: "templates" },
    origin: { kind: "templates", name: "guard" },
  });
  await addEvidence(database, proposal.id, wish);
  return moveProposal(database, {
    id: proposal.id,
    to: "awaiting_review",
    actor: { kind: "machine", id: "test", name: "test" },
    reason: "tested",
  });
}

/** One more snapshot for the newest revision. */
export async function addEvidence(
  database: Database,
  proposalId: string,
  {
    verdict = "passed",
    strategy = "shadow",
    strategyUsed = strategy,
    warnings = [],
    cases = CASES,
  }: Partial<ProposalWish>,
): Promise<void> {
  const revision = (await database.proposals.revisions(proposalId)).length;
  await database.proposals.addEvidence(
    {
      proposalId,
      revision,
      verdict,
      headline: `the tests say ${verdict}`,
      strategy,
      strategyUsed,
      summary: summaryWith(warnings),
    },
    [...cases],
  );
}

/** The digest that a decision binds to now. */
export async function digestNow(database: Database, proposalId: string): Promise<string> {
  const parts = currentParts(await gatherApproval(database, proposalId));
  if (parts === null) throw new Error("nothing was tested yet");
  return approvalDigest(parts);
}

/** Approves a proposal as it is now. */
export async function approveAs(
  actor: Actor,
  workshop: Pick<Workshop, "database" | "clock">,
  { id }: Proposal,
): Promise<Proposal> {
  const digest = await digestNow(workshop.database, id);
  const decision = { proposalId: id, decision: "approve", reason: "reads well", digest, acknowledge: [] } as const;
  await createApprove(workshop).decide(decision, callerOf(actor));
  return (await workshop.database.proposals.find(id)) as Proposal;
}
