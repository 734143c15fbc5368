/** The demo's parts over a machinery in real mode. Each looks at what is there first, so it can be taken up again. */
import type { Machinery } from "#lib/commands/command.ts";
import { type Actor, machine } from "#lib/core/actor.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Work } from "#lib/pipeline/rooms.ts";
import { turnOpportunity } from "#lib/pipeline/transitions.ts";
import { DEMO_BEGUN, readDemoBeginning } from "#lib/queries/demo-page.ts";
import { DEMO_CALLS, DEMO_TOOL, FAILING_CALLS } from "./demo-calls.ts";

/** Work that reports to nobody and is never stopped. */
export const QUIET: Work = { signal: new AbortController().signal, progress: async () => {} };

/** Two tabs that begin a part in the same moment would make its calls twice: the second waits for the first. */
function oneAtATime<T>(part: (machinery: Machinery) => Promise<T>): (machinery: Machinery) => Promise<T> {
  const running = new WeakMap<Machinery, Promise<T>>();
  return (machinery) => {
    const run = running.get(machinery) ?? part(machinery).finally(() => running.delete(machinery));
    running.set(machinery, run);
    return run;
  };
}

/** Writes down who began the demo, which is one for everybody; whoever comes later joins it. */
export async function noteBeginning({ database }: Pick<Machinery, "database">, actor: Actor): Promise<void> {
  if ((await readDemoBeginning(database)) !== null) return;
  await database.audit.append({
    actor,
    verb: DEMO_BEGUN,
    tool: null,
    subject: { kind: "demo", id: DEMO_TOOL },
    summary: "began the demo",
  });
}

/** Part 2: the ten calls, five of them failing; those of an earlier run count. */
export async function makeCalls(machinery: Machinery): Promise<Execution[]> {
  const earlier = await machinery.database.executions.list(
    { tool: DEMO_TOOL, caller: "demo" },
    { limit: DEMO_CALLS.length },
  );
  const made = [...earlier.items].reverse();
  for (const input of DEMO_CALLS.slice(made.length))
    made.push(await machinery.pipeline.execute({ tool: DEMO_TOOL, input, caller: "demo" }));
  return made;
}

/**
 * Part 3: detection over the recorded calls.
 * @throws Error where the calculator was not found to be failing
 */
export async function detectProblem(machinery: Machinery, work: Work = QUIET): Promise<Opportunity> {
  await machinery.pipeline.detect({}, work);
  const found = await machinery.database.opportunities.findLive(DEMO_TOOL, "failing");
  if (found === null) throw new Error(`detection found nothing wrong with ${DEMO_TOOL}`);
  return found;
}

/**
 * Part 4: a generated fix, tested; waits for a person after it.
 * @throws Error where no fix was found
 */
export async function generateFix(
  machinery: Machinery,
  opportunity: Opportunity,
  work: Work = QUIET,
): Promise<{ proposal: Proposal; evidence: Evidence }> {
  const { database, pipeline } = machinery;
  const earlier = await database.proposals.list({ tool: DEMO_TOOL, opportunityId: opportunity.id }, { limit: 1 });
  const tool = await database.tools.find(DEMO_TOOL);
  let proposal =
    earlier.items[0] ??
    (await database.transaction(async (tx) => {
      const created = await tx.proposals.create({
        tool: DEMO_TOOL,
        baseVersion: tool?.activeVersion ?? 1,
        purpose: "failing",
        opportunityId: opportunity.id,
        createdBy: machine("demo"),
        initial: "generating",
        reason: opportunity.reason,
      });
      await turnOpportunity(tx, created, created.createdBy);
      return created;
    }));
  if (proposal.state === "generating") proposal = await pipeline.generate({ proposalId: proposal.id }, work);
  if (proposal.state === "no_fix") throw new Error("no fix was found");
  if (proposal.state === "testing") await pipeline.test({ proposalId: proposal.id }, work);
  const evidence = (await database.proposals.evidence(proposal.id)).at(-1);
  if (evidence === undefined) throw new Error("the fix was not tested");
  const tested = await database.proposals.find(proposal.id);
  return { proposal: tested ?? proposal, evidence };
}

/** Part 6: the calls that failed, made again. */
export const repeatFailingCalls = oneAtATime(async (machinery: Machinery): Promise<Execution[]> => {
  const earlier = await machinery.database.executions.list(
    { tool: DEMO_TOOL, caller: "demo-verify" },
    { limit: FAILING_CALLS.length },
  );
  const repeated: Execution[] = [...earlier.items].reverse();
  for (const input of FAILING_CALLS.slice(repeated.length))
    repeated.push(await machinery.pipeline.execute({ tool: DEMO_TOOL, input, caller: "demo-verify" }));
  return repeated;
});

/** Parts 2 to 4 one after the other, up to the point where a person decides. */
export const runDemoUntilReview = oneAtATime(async (machinery: Machinery): Promise<void> => {
  await makeCalls(machinery);
  const opportunity = await detectProblem(machinery);
  await generateFix(machinery, opportunity);
});
