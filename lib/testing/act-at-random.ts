/** A process of its own that deploys and rolls back at random: act-at-random.ts PLAN, as JSON. Says each source that went live. */
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { isProblem } from "#lib/core/problem.ts";
import { seededRandom } from "#lib/core/random.ts";
import { createApprove } from "#lib/pipeline/5-approve/index.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { createRollBack } from "#lib/pipeline/8-rollback/index.ts";
import { ADA, callerOf, digestNow, divider, GUARD, tested } from "./workshop.ts";

export type Plan = {
  readonly url: string;
  readonly folder: string;
  readonly backups: string;
  readonly tools: readonly string[];
  readonly seed: number;
  readonly runs: number;
};

const plan = JSON.parse(process.argv[2] ?? "") as Plan;
const random = seededRandom(plan.seed);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
const sandbox = await createSandbox({ workers: 1 });
const database = await createDatabase({ url: plan.url, clock: systemClock });
const files = createFiles({ toolsFolder: plan.folder, backupsFolder: plan.backups });
const parts = { database, files, sandbox, clock: systemClock };
const rooms = createDeploy({ ...parts, onActivated: () => {} });
const rollBack = createRollBack({ ...parts, makeActive: rooms.makeActive });

async function deployNew(tool: string, run: number): Promise<void> {
  const source = divider(tool, GUARD, `, run ${run} of ${plan.seed}`);
  const proposal = await tested({ database }, { tool, source });
  await createApprove(parts).decide(
    {
      proposalId: proposal.id,
      decision: "approve",
      reason: "",
      digest: await digestNow(database, proposal.id),
      acknowledge: [],
    },
    callerOf(ADA),
  );
  const { state } = await rooms.deploy({ proposalId: proposal.id }, ADA);
  if (state === "done") process.stdout.write(`${JSON.stringify({ tool, source })}\n`);
}

for (let run = 0; run < plan.runs; run += 1) {
  const tool = pick(plan.tools);
  try {
    if (random() < 0.6) await deployNew(tool, run);
    else {
      const versions = await database.versions.hashes(tool);
      await rollBack({ tool, version: pick(versions).number, reason: "at random" }, ADA);
    }
  } catch (error) {
    // Somebody else was faster, or it is active already: that is what locks are for.
    if (!isProblem(error)) throw error;
  }
}
await sandbox.close();
await database.close();
