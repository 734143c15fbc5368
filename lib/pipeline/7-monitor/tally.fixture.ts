/** Tallies for tests of the judges. */
import type { CallTally } from "#lib/core/deployment.ts";
import { decide, type MonitorFacts, slowLimit } from "./decide.ts";

export function tallyWith(change: Partial<CallTally> = {}): CallTally {
  const tally = { succeeded: 0, failed: 0, refused: 0, rejected: 0, p95Ms: 10, slow: 0, classes: [], ...change };
  return { timed: tally.succeeded, ...tally };
}

/** Calls with so many failures, all of one class. */
export function tallyOf(calls: number, failed: number, cluster = "known", change: Partial<CallTally> = {}): CallTally {
  const classes = failed === 0 ? [] : [{ cluster, calls: failed }];
  return tallyWith({ succeeded: calls - failed, failed, classes, ...change });
}

/** A look at the first hour of a watch of 500 calls and 24 hours. */
export function verdictOf(now: CallTally, before: CallTally, change: Partial<MonitorFacts> = {}): string {
  return lookAt(now, before, change).verdict;
}

export function lookAt(now: CallTally, before: CallTally, change: Partial<MonitorFacts> = {}) {
  return decide({
    now,
    before: { ...before, slowMs: slowLimit(before.p95Ms) },
    target: 0.99,
    schemaChanged: false,
    hours: 1,
    limits: { calls: 500, hours: 24 },
    standing: true,
    ...change,
  });
}
