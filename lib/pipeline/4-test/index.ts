/** Room 4: tests a candidate on recordings, cases and targets, and says what that showed. */
import type { TryCandidate } from "#lib/core/candidate.ts";
import type { Evidence, SideResult } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal, Revision } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import type { SuiteRun, Work } from "../rooms.ts";
import { stopTests } from "../stop-tests.ts";
import { recordEvidence, whoStopped } from "./record-evidence.ts";
import { MachineryLost, runCase, runnable } from "./run-case.ts";
import { runSuite } from "./run-suite.ts";
import { testCandidate } from "./test-candidate.ts";
import { createTrial } from "./try-candidate.ts";
import { createTypeCheck, type TypeCheck } from "./type-check.ts";
import { validate } from "./validate.ts";

export { createShadow, type TestAgain } from "./shadow.ts";

export type TestPorts = { readonly database: Database; readonly sandbox: Sandbox; readonly clock: Clock };
export type TestParts = TestPorts & { readonly typeCheck: TypeCheck };

/** The door of the room. */
export type Test = {
  /** Tests the newest revision of a proposal in state `testing` and hands it over for review. */
  test(request: { readonly proposalId: string }, work: Work): Promise<Evidence>;
  /** One input through the base version and the newest revision; an effect that is asked for is shown, never made. */
  tryInput(request: {
    readonly proposalId: string;
    readonly input: Json;
  }): Promise<{ old: SideResult; new: SideResult }>;
  /** The cases of a tool on its active version. */
  runSuite(request: { readonly tool: string }, work: Work): Promise<SuiteRun>;
  /** The same tests on a smaller sample, with nothing written: what generators search with. */
  tryCandidate: TryCandidate;
};

/** Opens the room. */
export function createTest(ports: TestPorts): Test {
  const parts: TestParts = { ...ports, typeCheck: createTypeCheck() };
  return {
    async test({ proposalId }, work) {
      const { proposal, base, revision } = await read(parts.database, proposalId);
      if (proposal.state !== "testing") {
        throw new Problem(
          "conflict",
          `Proposal ${proposal.number} is ${proposal.state}: only one in testing is tested.`,
        );
      }
      try {
        const tested = await testCandidate(parts, { proposal, base, revision }, work);
        work.signal.throwIfAborted();
        return await recordEvidence(parts.database, { proposal, revision, tested });
      } catch (error) {
        const by = work.signal.aborted ? await whoStopped(parts.database, proposal) : null;
        if (by !== null) await stopTests(parts.database, proposal, by);
        throw error;
      }
    },
    async tryInput({ proposalId, input }) {
      const { base, revision } = await read(parts.database, proposalId);
      return tryBoth(parts, base, revision, input);
    },
    runSuite: ({ tool }, work) => runSuite(parts, tool, work),
    tryCandidate: createTrial(parts),
  };
}

async function read(
  database: Database,
  proposalId: string,
): Promise<{ proposal: Proposal; base: Version; revision: Revision }> {
  const proposal = await database.proposals.find(proposalId);
  if (proposal === null)
    throw new Problem("not_found", `There is no proposal ${proposalId}: it may have been removed.`);
  const [base, revisions] = await Promise.all([
    database.versions.find(proposal.tool, proposal.baseVersion),
    database.proposals.revisions(proposal.id),
  ]);
  if (base === null) {
    throw new Problem(
      "not_found",
      `Version ${proposal.baseVersion} of ${proposal.tool} is gone: start a new proposal.`,
    );
  }
  const revision = revisions.find(({ number }) => number === proposal.revision) ?? revisions.at(-1);
  if (revision === undefined) {
    throw new Problem("conflict", `Proposal ${proposal.number} has no source yet: there is nothing to test.`);
  }
  return { proposal, base, revision };
}

async function tryBoth(
  parts: TestParts,
  base: Version,
  revision: Revision,
  input: Json,
): Promise<{ old: SideResult; new: SideResult }> {
  const { sandbox } = parts;
  const signal = new AbortController().signal;
  const planned = { input, answers: { at: parts.clock.now() } };
  try {
    const validated = await validate(parts, { base, source: revision.source, origin: revision.origin.kind });
    if (!validated.ok) {
      throw new Problem("conflict", `The proposed source cannot run: ${validated.errors[0]}`, {
        errors: validated.errors,
      });
    }
    const [old, next] = await Promise.all([
      runCase(sandbox, runnable(base.tool, base.source, base.manifest), planned, signal),
      runCase(sandbox, runnable(base.tool, revision.source, validated.manifest), planned, signal),
    ]);
    return { old: old.side, new: next.side };
  } catch (error) {
    if (!(error instanceof MachineryLost)) throw error;
    throw new Problem("unavailable", `The input could not be tried: ${error.message}. Try it again.`);
  }
}
