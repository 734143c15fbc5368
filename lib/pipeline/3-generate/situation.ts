/** Everything that is known about a problem when a fix is written for it. */
import type { Execution, StoredCase } from "#lib/core/execution.ts";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import type { Cluster, Opportunity } from "#lib/core/opportunity.ts";
import type { Proposal, Revision } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import type { Failure, Hints } from "./templates/repair.ts";

/** What a person said about an earlier try, newest first. */
export type Remark = { readonly who: string; readonly about: string; readonly text: string };

export type WrongAnswer = { readonly execution: Execution; readonly expected?: Json; readonly note?: string };

export type Situation = {
  readonly proposal: Proposal;
  readonly base: Version;
  readonly opportunity: Opportunity | null;
  readonly failing: readonly Execution[];
  readonly passing: readonly Execution[];
  readonly wrong: readonly WrongAnswer[];
  readonly storedCases: readonly StoredCase[];
  readonly remarks: readonly Remark[];
  /** Hashes of sources that were already proposed here or rejected elsewhere. */
  readonly seen: ReadonlySet<string>;
  /** The revision that changes were asked for on. */
  readonly previous: Revision | null;
};

/**
 * Lines of the tool's own source in a stack, nearest first.
 * @param tool the tool's name: frames carry its file's name
 */
export function stackLines(tool: string, stack: string): number[] {
  const lines: number[] = [];
  for (const frame of stack.split("\n")) {
    const place = /([^\s()]+):(\d+):\d+\)?\s*$/.exec(frame);
    if (place?.[1]?.split(/[/\\]/).at(-1) === `${tool}.ts`) lines.push(Number(place[2]));
  }
  return [...new Set(lines)];
}

/** Lines in a cluster's frames, which read `function:line`. */
export function frameLines(cluster: Cluster): number[] {
  return cluster.frames.flatMap((frame) => {
    const line = /:(\d+)(?::\d+)?$/.exec(frame)?.[1];
    return line === undefined ? [] : [Number(line)];
  });
}

/** What the template repairer is told. */
export function hintsOf(situation: Situation): Hints {
  const { base, failing, passing, storedCases, wrong } = situation;
  const failures = failing.map((execution) => failureOf(situation, execution));
  for (const { execution } of wrong)
    failures.push({ errorName: "Incorrect", message: "", lines: [], input: execution.input });
  const cases = [...base.manifest.testCases, ...storedCases];
  const refusals = cases.flatMap(({ input, shouldThrow }) =>
    shouldThrow === undefined ? [] : [{ code: shouldThrow, input }],
  );
  const bad = new Set(failures.map(({ input }) => canonicalJson(input)));
  const answers = [
    ...cases.flatMap(({ input, expectedOutput }) =>
      expectedOutput === undefined ? [] : [{ input, expected: expectedOutput }],
    ),
    ...wrong.flatMap(({ execution, expected }) =>
      expected === undefined ? [] : [{ input: execution.input, expected }],
    ),
  ];
  // A tool that nobody called yet can still break its own cases.
  if (failures.length === 0)
    for (const { input } of refusals) failures.push({ errorName: "", message: "", lines: [], input });
  return {
    failures,
    passing: [
      ...passing.map(({ input }) => input),
      ...base.manifest.testCases.flatMap(({ input, expectedOutput }) =>
        expectedOutput !== undefined && !bad.has(canonicalJson(input)) ? [input] : [],
      ),
    ],
    refusals,
    answers: answers.filter(({ input }) => bad.has(canonicalJson(input))),
    inputSchema: base.manifest.inputSchema,
  };
}

/** Lines count only where the failing version is the one that is repaired. */
function failureOf({ base, opportunity, proposal }: Situation, execution: Execution): Failure {
  const own = execution.version === base.number ? stackLines(proposal.tool, execution.error?.stack ?? "") : [];
  const cluster = opportunity?.clusters.find(({ key }) => key === execution.cluster);
  return {
    errorName: execution.error?.name ?? (execution.status === "timed_out" ? "TimedOut" : ""),
    message: execution.error?.message ?? "",
    lines: own.length > 0 || cluster === undefined || execution.version !== base.number ? own : frameLines(cluster),
    input: execution.input,
  };
}
