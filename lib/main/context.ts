/** The composition root: the only place where adapters meet ports and rooms meet each other. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { migrate } from "#lib/adapters/database/migrate.ts";
import { createEffectBroker } from "#lib/adapters/effects/create-effect-broker.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createGit } from "#lib/adapters/git/create-git.ts";
import { createQueue } from "#lib/adapters/queue/create-queue.ts";
import type { Machinery } from "#lib/commands/command.ts";
import { testAgain } from "#lib/commands/rerun-evidence.ts";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { machine } from "#lib/core/actor.ts";
import { startJobs } from "#lib/jobs/start-jobs.ts";
import { createPipeline } from "#lib/pipeline/pipeline.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import type { LoadReport } from "#lib/registry/load-tools.ts";
import type { Environment } from "./environment.ts";
import { followDeployments } from "./follow-deployments.ts";
import { followFiles } from "./follow-files.ts";
import { followModel } from "./follow-model.ts";
import { followVersions } from "./follow-versions.ts";

/** A built house: its machinery, what loading the tools said, and how to close it (the sandbox is the builder's). */
export type House = { readonly machinery: Machinery; readonly tools: LoadReport; close(): Promise<void> };

/**
 * Builds everything on a migrated database and starts the work: tools loaded, torn deployments mended, jobs running.
 * @param options.url the database; `toolsFolder` and `home` say where files, backups and keys are
 */
export async function buildHouse(options: {
  environment: Environment;
  url: string;
  sandbox: Sandbox;
  toolsFolder: string;
  home: string;
}): Promise<House> {
  const { environment, url, sandbox, toolsFolder, home } = options;
  const clock = systemClock;
  await mkdir(home, { recursive: true });
  await migrate({ url });
  const database = await createDatabase({ url, clock });
  const files = createFiles({ toolsFolder, backupsFolder: join(home, "backups") });
  const model = await followModel(database, environment);
  const broker = createEffectBroker({
    keyValues: database.keyValues,
    // An empty variable counts as not set, like all others.
    readSecret: (name) => process.env[`${SECRET}${name}`] || database.secrets.read(name),
    allowPrivateAddresses: environment.allowPrivateNetwork,
    clock,
  });
  const queue = await createQueue({ url, database, clock });
  const pipeline = createPipeline({
    database,
    sandbox,
    files,
    clock,
    model,
    broker,
    testAgain: (id, reason) =>
      testAgain({ ...machinery, caller: { actor: machine("shadow"), scopes: ["operate"] } }, id, reason),
  });
  const machinery: Machinery = {
    database,
    sandbox,
    files,
    git: createGit({ toolsFolder, enabled: environment.git }),
    queue,
    clock,
    get model() {
      return model();
    },
    pipeline,
    environment: { ...environment, home, toolsFolder, secretNames: secretNames() },
  };
  await pipeline.recover();
  // What other replicas activated while this one was away is written before edits are looked for.
  await pipeline.follow({});
  // Edits made while nobody looked are taken in before anything else happens to their tools.
  const { tools, seen } = await takeInEdits(machinery);
  // That a file agreed is noted while it does: without that, one deleted later looks like one that never was here.
  for (const { name, added } of tools.loaded) if (added) await pipeline.follow({ tool: name });
  const unwatch = followFiles(machinery, seen);
  const stopCommits = followDeployments(machinery);
  const stopFollowing = followVersions(machinery);
  const stopLoop = await startJobs(machinery);
  return {
    machinery,
    tools,
    async close() {
      await unwatch();
      await stopCommits();
      await stopFollowing();
      stopLoop();
      await queue.close();
      await database.close();
    },
  };
}

const SECRET = "WHETSTONE_SECRET_";

/** Names of the secrets that the environment holds. */
function secretNames(): string[] {
  return Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith(SECRET) && value !== "" ? [name.slice(SECRET.length)] : [],
  );
}
