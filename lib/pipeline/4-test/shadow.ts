/**
 * Tries waiting changes on live calls: off the caller's path, effects answered from the active version's record. The
 * caller never waits for it and never sees it.
 */

import type { Evidence } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import { toOutcome } from "#lib/core/outcome.ts";
import { isShadowed, shadowDifference, whyTestAgain } from "#lib/core/shadow.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { DEFAULT_LIMITS, type Module, type Sandbox } from "#lib/ports/sandbox.ts";

/** Has the tests of a proposal run again. */
export type TestAgain = (proposalId: string, reason: string) => Promise<void>;

export type Shadow = {
  /** Looks at a call that is on record; returns at once. */
  saw(version: Version, execution: Execution): void;
};

type Waiting = {
  readonly proposalId: string;
  readonly revision: number;
  readonly baseVersion: number;
  readonly module: Module;
  readonly manifest: Manifest;
  readonly evidence: Evidence;
};

type Live = { readonly change: Waiting; readonly execution: Execution };

/** Calls that wait to be tried; more are let go. */
const MOST_WAITING = 64;
/** A try is followed by a rest of so many times its length: a fifth of one worker at most. */
const REST = 4;
/** Changes of one tool that are tried side by side, newest first. */
const MOST_CHANGES = 3;
const LIMITS = { ...DEFAULT_LIMITS, timeMs: 2_000 };
/** Pages hear of new live calls this often. */
const TELL_MS = 2_000;

export function createShadow(
  { database, sandbox, clock }: { database: Database; sandbox: Sandbox; clock: Clock },
  testAgain: TestAgain,
): Shadow {
  /** What waits, by tool; dropped when a proposal of the tool or its settings change. */
  const known = new Map<string, Promise<readonly Waiting[]>>();
  /** Snapshots that asked for new tests already. */
  const asked = new Set<string>();
  const toldAt = new Map<string, number>();
  const queue: Live[] = [];
  let busy = false;

  database.subscribe(
    ({ kind, tool }) => {
      if (kind !== "proposal" && kind !== "settings" && kind !== "tool") return;
      if (tool === undefined) known.clear();
      else known.delete(tool);
    },
    () => known.clear(),
  );

  async function findWaiting(tool: string): Promise<readonly Waiting[]> {
    const [own, everywhere] = await Promise.all([database.tools.find(tool), database.settings.get()]);
    // What is not recorded whole cannot be looked at again by the tests.
    if ((own?.settings.recording ?? everywhere.recording) !== "full") return [];
    const { items } = await database.proposals.list({ tool, state: "awaiting_review" }, { limit: MOST_CHANGES });
    const found: Waiting[] = [];
    for (const { id, revision, baseVersion } of items) {
      const snapshots = await database.proposals.evidence(id);
      const evidence = snapshots.filter((one) => one.revision === revision).at(-1);
      if (evidence === undefined || !isShadowed(evidence)) continue;
      const source = (await database.proposals.revisions(id)).find(({ number }) => number === revision);
      if (source === undefined) continue;
      const module = { name: tool, source: source.source, hash: source.hash };
      const inspected = await sandbox.inspect(module);
      if (inspected.ok)
        found.push({ proposalId: id, revision, baseVersion, module, manifest: inspected.manifest, evidence });
    }
    return found;
  }

  function waitingFor(tool: string): Promise<readonly Waiting[]> {
    let found = known.get(tool);
    if (found === undefined) {
      found = findWaiting(tool);
      known.set(tool, found);
      // Asked again with the next call.
      found.catch(() => known.delete(tool));
    }
    return found;
  }

  async function tryOn({ change, execution }: Live): Promise<void> {
    const { proposalId, revision, module, manifest, evidence } = change;
    const { input, effects: journal, id: executionId } = execution;
    const result = await sandbox.run({
      module,
      manifest,
      input,
      limits: LIMITS,
      effects: { mode: "replay", journal },
    });
    // A lost worker says nothing, and an effect that was not recorded cannot be compared.
    if (result.kind === "interrupted" || result.kind === "diverged") return;
    const detail = shadowDifference(execution, toOutcome(manifest, result), evidence.summary.noisePaths);
    await database.shadow.note({
      proposalId,
      revision,
      executionId,
      agrees: detail === null,
      detail: detail ?? "",
      at: clock.now(),
    });
    await decide(change, detail !== null);
  }

  async function decide({ proposalId, revision, module, evidence }: Waiting, differs: boolean): Promise<void> {
    const all = await database.shadow.tally(proposalId, revision);
    const since = await database.shadow.tally(proposalId, revision, evidence.createdAt);
    const reason = whyTestAgain(evidence, all, since);
    if (reason !== null && !asked.has(evidence.id)) {
      asked.add(evidence.id);
      await testAgain(proposalId, reason);
      return;
    }
    const now = performance.now();
    if (!differs && now - (toldAt.get(proposalId) ?? Number.NEGATIVE_INFINITY) < TELL_MS) return;
    toldAt.set(proposalId, now);
    await database.publish({ kind: "proposal", id: proposalId, tool: module.name });
  }

  function next(): void {
    const live = queue.shift();
    if (live === undefined) {
      busy = false;
      return;
    }
    busy = true;
    const startedAt = performance.now();
    // Nobody waits for this, and what cannot be tried now is tried with another call.
    void tryOn(live)
      .catch(() => {})
      .finally(() => setTimeout(next, REST * (performance.now() - startedAt)).unref());
  }

  return {
    saw(version, execution) {
      // Only good answers say what should stay; what fails is what the change may be for.
      if (execution.status !== "succeeded" && execution.status !== "refused") return;
      waitingFor(version.tool).then(
        (changes) => {
          for (const change of changes) {
            if (change.baseVersion !== version.number || queue.length >= MOST_WAITING) continue;
            queue.push({ change, execution });
            if (!busy) next();
          }
        },
        () => {},
      );
    },
  };
}
