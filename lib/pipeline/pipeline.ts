/** The corridor: the rooms in order, and what each hands to the next. */
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import type { Files } from "#lib/ports/files.ts";
import type { Model } from "#lib/ports/model.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { createExecute } from "./1-execute/index.ts";
import { createDetect } from "./2-detect/index.ts";
import { createGenerate } from "./3-generate/index.ts";
import { createShadow, createTest, type TestAgain } from "./4-test/index.ts";
import { createApprove } from "./5-approve/index.ts";
import { createDeploy } from "./6-deploy/index.ts";
import { createMonitor } from "./7-monitor/index.ts";
import { createRollBack } from "./8-rollback/index.ts";
import type { Pipeline } from "./rooms.ts";

/** Opens the doors of the eight rooms; nothing here decides anything. */
export function createPipeline(ports: {
  database: Database;
  sandbox: Sandbox;
  files: Files;
  clock: Clock;
  /** The model of now: settings change it while the house runs. */
  model: () => Model | null;
  broker: EffectBroker;
  /** Has the tests of a waiting proposal run again; without it, changes are not tried on live calls. */
  testAgain?: TestAgain;
}): Pipeline {
  // Waiting changes are tried on live calls, out of the callers' sight.
  const shadow = ports.testAgain === undefined ? null : createShadow(ports, ports.testAgain);

  // A call of an agent becomes an execution.
  const { execute, replaced } = createExecute(shadow === null ? ports : { ...ports, onRecorded: shadow.saw });

  // Executions become opportunities.
  const detect = createDetect(ports);

  // A proposal is tested: its source against the recordings, the cases and the targets.
  const tests = createTest(ports);

  // An opportunity becomes a candidate; each try is tested before it is proposed.
  const generate = createGenerate({ ...ports, tryCandidate: tests.tryCandidate });

  // A person decides on what the evidence showed.
  const approvals = createApprove(ports);

  // An approved source becomes the active version, and calls use it at once.
  const { deploy, makeActive, recover, follow } = createDeploy({ ...ports, onActivated: replaced });

  // An earlier version becomes active again, by the same mechanics.
  const rollBack = createRollBack({ ...ports, makeActive });

  // A fresh deployment is watched, and rolled back when it got worse.
  const monitor = createMonitor({ ...ports, rollBack });

  return { execute, detect, generate, ...tests, ...approvals, deploy, recover, follow, monitor, rollBack };
}
