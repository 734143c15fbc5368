/** What each kind of job does: it calls the pipeline, and has the next step follow. */
import { z } from "zod";
import { type Context, type Machinery, runCommand } from "#lib/commands/command.ts";
import { deployByPolicy } from "#lib/commands/deploy-by-policy.ts";
import { deployApproved } from "#lib/commands/deploy-proposal.ts";
import { generateProposal } from "#lib/commands/generate-proposal.ts";
import { enqueueMonitor, enqueueTest, roundOf } from "#lib/commands/proposal-jobs.ts";
import { testAgain } from "#lib/commands/rerun-evidence.ts";
import { machine } from "#lib/core/actor.ts";
import { keptRun } from "#lib/core/case-run.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import { isProblem } from "#lib/core/problem.ts";
import type { Job } from "#lib/core/version.ts";
import type { JobContext, JobHandler } from "#lib/ports/queue.ts";
import { findDeployment, findProposal } from "#lib/queries/find-or-refuse.ts";

const DetectJob = z.object({ tool: z.string().optional(), loop: z.boolean().default(false) });
const GenerateJob = z.object({ proposalId: z.string(), generator: z.enum(["model", "templates"]).optional() });
const TestJob = z.object({ proposalId: z.string() });
const DeployJob = z.object({ proposalId: z.string() });
const MonitorJob = z.object({
  deploymentId: z.string(),
  look: z.number().int().default(1),
  round: z.number().int().default(0),
});

/** Seconds until the next look at a fresh deployment: soon at first, then every half minute. */
export function secondsUntilLook(look: number): number {
  return Math.min(30, 2 ** Math.min(look, 5));
}

/** The handlers of all kinds of jobs; the queue gives each its job, its progress and its stop signal. */
export function createJobHandlers(machinery: Machinery): Partial<Record<Job["kind"], JobHandler>> {
  const { database, pipeline, queue } = machinery;
  return {
    async detect(context) {
      const { tool, loop } = DetectJob.parse(context.job.input);
      const { opened, updated, resolved, toolsExamined } = await pipeline.detect({ tool }, work(context));
      const generated = loop ? await generateForOpen(machinery) : 0;
      return {
        opened: opened.map(({ id }) => id),
        updated: updated.map(({ id }) => id),
        resolved: resolved.map(({ id }) => id),
        toolsExamined,
        generated,
      };
    },

    async generate(context) {
      const { proposalId, generator } = GenerateJob.parse(context.job.input);
      const before = await findProposal(database, proposalId);
      // A job that is taken up again after a restart may find its work done.
      const proposal =
        before.state === "generating" ? await pipeline.generate({ proposalId, generator }, work(context)) : before;
      if (proposal.state === "testing") await enqueueTest(queue, proposal);
      return { proposalId, state: proposal.state };
    },

    async test(context) {
      const { proposalId } = TestJob.parse(context.job.input);
      const before = await findProposal(database, proposalId);
      if (before.state !== "testing") return { proposalId, state: before.state };
      const cases = await casesOf(machinery, before.tool);
      const evidence = await pipeline.test({ proposalId }, work(context));
      if (evidence.verdict === "error") await testLostAgain(machinery, evidence);
      else if ((await casesOf(machinery, before.tool)) !== cases) {
        await testAgain(asTest(machinery), proposalId, "test cases of the tool changed meanwhile");
        return { proposalId, evidenceId: evidence.id, verdict: evidence.verdict };
      }
      const state = evidence.verdict === "passed" ? await deployByPolicy(machinery, proposalId) : null;
      return { proposalId, evidenceId: evidence.id, verdict: evidence.verdict, ...(state === null ? {} : { state }) };
    },

    async deploy(context) {
      const { proposalId } = DeployJob.parse(context.job.input);
      const proposal = await findProposal(database, proposalId);
      const deployment = await deployApproved(asLoop(machinery), proposal);
      return { proposalId, deploymentId: deployment.id, state: deployment.state };
    },

    async monitor(context) {
      const { deploymentId, look, round } = MonitorJob.parse(context.job.input);
      const state = await pipeline.monitor({ deploymentId });
      if (state.verdict === "watching") {
        const deployment = await findDeployment(database, deploymentId);
        if (roundOf(deployment) === round) await enqueueMonitor(queue, deployment, look + 1, secondsUntilLook(look));
      }
      return { deploymentId, verdict: state.verdict, calls: state.calls };
    },

    async cases(context) {
      const { version, cases } = await pipeline.runSuite({ tool: String(context.job.tool) }, work(context));
      return keptRun(version, cases);
    },
  };
}

/** Tests that lost their machinery say nothing: they are run again, a few times, before a person is asked to. */
const MOST_LOST = 3;

async function testLostAgain(machinery: Machinery, { proposalId, revision }: Evidence): Promise<void> {
  const snapshots = await machinery.database.proposals.evidence(proposalId);
  const lost = snapshots.filter((one) => one.revision === revision && one.verdict === "error").length;
  if (lost >= MOST_LOST) return;
  await testAgain(asTest(machinery), proposalId, "the machinery was lost");
}

/** Which cases of a tool people keep now. */
async function casesOf({ database }: Machinery, tool: string): Promise<string> {
  return (await database.executions.cases(tool))
    .map(({ id }) => id)
    .sort()
    .join();
}

/** The tests as a caller. */
function asTest(machinery: Machinery): Context {
  return { ...machinery, caller: { actor: machine("test"), scopes: ["operate"] } };
}

function work(context: JobContext) {
  return {
    signal: context.signal,
    progress: (stage: string, share: number) => context.progress(stage, share),
  };
}

/** The background loop as a caller. */
function asLoop(machinery: Machinery): Context {
  return { ...machinery, caller: { actor: machine("loop"), scopes: ["operate", "deploy"] } };
}

/** In the background loop: a fix for each open fault of a tool; what already has one, or may have none, is passed over. */
async function generateForOpen(machinery: Machinery): Promise<number> {
  const ctx = asLoop(machinery);
  const { items } = await machinery.database.opportunities.list({ state: "open" }, { limit: 50 });
  let generated = 0;
  for (const { id, attribution } of items) {
    if (attribution !== "tool") continue;
    try {
      await runCommand(generateProposal, ctx, { id });
      generated++;
    } catch (error) {
      if (!isProblem(error)) throw error;
    }
  }
  return generated;
}
