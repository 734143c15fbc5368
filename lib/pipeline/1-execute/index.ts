/** Room 1: runs a tool's active version on an input, and records it durably before it answers. */
import type { Execution } from "#lib/core/execution.ts";
import { isProblem, Problem } from "#lib/core/problem.ts";
import { recorded } from "#lib/core/recording.ts";
import type { Version } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import type { ExecuteRequest } from "../rooms.ts";
import { createActiveVersions } from "./active-versions.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { decide } from "./decide.ts";
import { createObserver, type Observer } from "./observe.ts";
import { readInput } from "./read-input.ts";
import { createRunVersion } from "./run-version.ts";

export type Execute = {
  /**
   * Runs a tool.
   * @returns the execution, whatever its outcome
   * @throws Problem not_found for an unknown tool, conflict for one that has no version, too_many when as many wait as may,
   * unavailable when it cannot be recorded
   */
  execute(request: ExecuteRequest): Promise<Execution>;
  /** Drops what is known of a tool's active version: the next call asks the database. */
  forget(tool: string): void;
  /** One version took the place of another, by this process: the next call uses it without asking. */
  replaced(tool: string, from: number, by: Version): void;
};

/** An answer that is not on record is not given. */
function withheld(execution: Execution, error: unknown): Problem {
  if (isProblem(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Problem(
    "unavailable",
    `${execution.tool} ran, but its call could not be recorded (${reason}), so its answer is withheld: try again.`,
    { id: execution.id },
  );
}

export function createExecute(ports: {
  database: Database;
  sandbox: Sandbox;
  broker: EffectBroker;
  clock: Clock;
  /** How many calls may run and wait; by default that of this house. */
  admission?: Admission;
  /** What holds calls against what their tools declare. */
  observer?: Observer;
  /** Hears of every call that is on record. */
  onRecorded?: (version: Version, execution: Execution) => void;
}): Execute {
  const { database, clock, admission = createAdmission(), observer = createObserver(ports) } = ports;
  const active = createActiveVersions(database);
  const runVersion = createRunVersion(ports);

  return {
    async execute(request) {
      const turn = admission.enter(request.tool, request.signal);
      if (turn !== undefined) await turn;
      // The place is held until the call is on record, so that writes that lag hold new calls back.
      try {
        const found = active.find(request.tool);
        const { version, recording } = found instanceof Promise ? await found : found;
        const id = clock.id();
        const startedAt = clock.now();
        const input = readInput(request.input);
        const result = await runVersion(version, input, request.signal);
        const execution = decide({ id, startedAt, version, input, result, request });
        try {
          await database.executions.record(recorded(recording, version.manifest, execution));
        } catch (error) {
          throw withheld(execution, error);
        }
        observer.saw(version, execution);
        ports.onRecorded?.(version, execution);
        void database.publish({ kind: "execution", id, tool: execution.tool }).catch(() => {});
        return execution;
      } finally {
        admission.leave(request.tool);
      }
    },
    forget: active.forget,
    replaced: active.replaced,
  };
}
