/** Reads what a look at a fresh deployment is decided on. */
import type { Baseline, CallTally, Deployment } from "#lib/core/deployment.ts";
import { canonicalJson } from "#lib/core/json.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { type MonitorFacts, slowLimit } from "./decide.ts";

const HOUR_MS = 3_600_000;
/** Calls of the version before: as many as tell its shares well, and the newest ones, since tools drift. */
const BASELINE_CALLS = 20_000;
/** A watch looks at its first calls only; later ones are detection's. */
const MOST_CALLS = 100_000;

const NO_CALLS: CallTally = {
  succeeded: 0,
  failed: 0,
  refused: 0,
  rejected: 0,
  timed: 0,
  p95Ms: 0,
  slow: 0,
  classes: [],
};

/** Gathers the facts of one look. */
export async function gather(
  { database, clock }: { database: Database; clock: Clock },
  deployment: Deployment,
): Promise<MonitorFacts> {
  const { tool: name, fromVersion, toVersion } = deployment;
  const since = deployment.monitor?.since ?? deployment.startedAt;
  const [settings, tool, standing, before] = await Promise.all([
    database.settings.get(),
    database.tools.find(name),
    isStanding(database, deployment),
    deployment.monitor?.baseline ?? countBaseline(database, deployment),
  ]);
  const [now, fromSource, toSource] = await Promise.all([
    database.executions.tally({ tool: name, version: toVersion, since }, { most: MOST_CALLS, slowMs: before.slowMs }),
    fromVersion === null ? null : database.versions.find(name, fromVersion),
    database.versions.find(name, toVersion),
  ]);
  const schemaOf = (version: typeof toSource): string => canonicalJson(version?.manifest.inputSchema ?? null);
  return {
    now,
    before,
    target: tool?.settings.target ?? settings.target,
    schemaChanged: schemaOf(fromSource) !== schemaOf(toSource),
    hours: (clock.now().getTime() - since.getTime()) / HOUR_MS,
    limits: { calls: settings.monitorCalls, hours: settings.monitorHours },
    standing: standing && tool?.activeVersion === toVersion,
  };
}

async function countBaseline(database: Database, { tool, fromVersion, startedAt }: Deployment): Promise<Baseline> {
  if (fromVersion === null) return { ...NO_CALLS, slowMs: slowLimit(0) };
  const calls = { tool, version: fromVersion, until: startedAt };
  const { p95Ms } = await database.executions.tally(calls, { most: BASELINE_CALLS, slowMs: 0 });
  const slowMs = slowLimit(p95Ms);
  return { ...(await database.executions.tally(calls, { most: BASELINE_CALLS, slowMs })), slowMs };
}

/** Whether it is the newest change of its tool: one that was undone changed nothing. */
export async function isStanding(database: Database, { id, tool }: Deployment): Promise<boolean> {
  const { items } = await database.deployments.list({ tool, state: "done" }, { limit: 1 });
  return items[0]?.id === id;
}
