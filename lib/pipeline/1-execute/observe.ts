/**
 * Holds what versions do against what they declare, off the caller's path: kinds of effects, once each, and about one call
 * in a hundred is run again on its recording in a fresh context, where nothing can have been carried over.
 */
import type { Execution } from "#lib/core/execution.ts";
import { differenceOf, effectKindOf, isRepeatable, RERUN } from "#lib/core/observation.ts";
import { toOutcome } from "#lib/core/outcome.ts";
import type { Version } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { DEFAULT_LIMITS, type RunResult, type Sandbox } from "#lib/ports/sandbox.ts";

/** One call in so many is run again. */
const ONE_IN = 100;
/** Calls that wait to be run again; more are let go. */
const MOST_WAITING = 8;
/** A second run is followed by a rest of so many times its length: it takes a thirtieth of one worker at most. */
const REST = 30;
const LIMITS = { ...DEFAULT_LIMITS, timeMs: 2_000 };

export type Observer = {
  /** Looks at a call that is on record. */
  saw(version: Version, execution: Execution): void;
};

type Seen = { readonly version: Version; readonly execution: Execution };

/** @param options.oneIn how many calls there are for each that is run again */
export function createObserver(
  ports: { database: Pick<Database, "observations">; sandbox: Sandbox; clock: Clock },
  options: { oneIn?: number } = {},
): Observer {
  const { database, sandbox, clock } = ports;
  const { oneIn = ONE_IN } = options;
  /** Kinds of effects that are noted of a version. */
  const noted = new WeakMap<Version, Set<string>>();
  const waiting: Seen[] = [];
  let busy = false;

  function note({ version, execution }: Seen, what: string, detail: string): Promise<void> {
    const { tool, number } = version;
    return database.observations.note({
      tool,
      version: number,
      what,
      detail,
      executionId: execution.id,
      at: clock.now(),
    });
  }

  function noteEffects(seen: Seen): void {
    const { version, execution } = seen;
    let kinds = noted.get(version);
    if (kinds === undefined) {
      kinds = new Set();
      noted.set(version, kinds);
    }
    for (const effect of execution.effects) {
      const kind = effectKindOf(effect);
      if (kinds.has(kind)) continue;
      kinds.add(kind);
      // What could not be noted is noted with the next call that does it.
      void note(seen, kind, "").catch(() => noted.get(version)?.delete(kind));
    }
  }

  async function runAgain(seen: Seen): Promise<void> {
    const { version, execution } = seen;
    const result: RunResult = await sandbox.run({
      module: { name: version.tool, source: version.source, hash: version.hash },
      manifest: version.manifest,
      input: execution.input,
      limits: LIMITS,
      effects: { mode: "replay", journal: execution.effects },
      fresh: true,
    });
    // A worker that was lost or had no time says nothing about the tool.
    if (result.kind === "interrupted" || result.kind === "timed_out") return;
    if (result.kind === "diverged") {
      await note(seen, RERUN.diverges, `it asked for ${result.askedFor.kind}, which the first run had not`);
      return;
    }
    const difference = differenceOf(execution, toOutcome(version.manifest, result));
    await note(seen, difference === null ? RERUN.same : RERUN.differs, difference ?? "");
  }

  function next(): void {
    const seen = waiting.shift();
    if (seen === undefined) {
      busy = false;
      return;
    }
    busy = true;
    const startedAt = performance.now();
    // Nobody waits for this, and what it cannot do now it does with another call.
    void runAgain(seen)
      .catch(() => {})
      .finally(() => setTimeout(next, REST * (performance.now() - startedAt)).unref());
  }

  return {
    saw(version, execution) {
      if (execution.effects.length > 0) noteEffects({ version, execution });
      if (!isRepeatable(execution) || !isChosen(execution.id, oneIn) || waiting.length >= MOST_WAITING) return;
      waiting.push({ version, execution });
      if (!busy) next();
    },
  };
}

/** By the last digits of the id, which are random. */
function isChosen(id: string, oneIn: number): boolean {
  return Number.parseInt(id.slice(-6), 16) % oneIn === 0;
}
