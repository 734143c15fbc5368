/** Reads from the database what a candidate is tested on: cases, recorded calls and what is known to be wrong. */
import { inputShape } from "#lib/core/clusters.ts";
import type { Execution, StoredCase } from "#lib/core/execution.ts";
import { isFailure } from "#lib/core/execution.ts";
import { canonicalJson } from "#lib/core/json.ts";
import { type Expectation, hasExpectation } from "#lib/core/labels.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { Purpose } from "#lib/core/proposal.ts";
import { observedEffectKinds } from "#lib/core/strategy.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import { newestOf } from "./describe-tested.ts";
import type { PlannedCase } from "./planned-case.ts";

/** How much is run: all of a proposal's evidence, or a quick trial of one of many candidates. */
export type Extent = {
  readonly recorded: number;
  readonly failuresACluster: number;
  readonly failures: number;
};
export const FULL: Extent = { recorded: 300, failuresACluster: 12, failures: 60 };
export const QUICK: Extent = { recorded: 40, failuresACluster: 4, failures: 16 };

export type Question = {
  readonly base: Version;
  readonly purpose: Purpose;
  readonly opportunityId?: string | undefined;
  /** Executions that the change was tried on live: they are among the cases whatever the sample holds. */
  readonly live?: readonly string[];
};

/** Marked calls that are run: enough to confirm what a fix of a silent bug changes. */
const MOST_WRONG = 200;
const BEGINNING = new Date(0);
/** Failures that are not what the change is for: enough to see whether it hides them. Marked answers are all run. */
const MOST_ASIDE = 20;
/** Purposes that answers marked as wrong are not in question for: as failures are not where answers are. */
const LEAVES_ANSWERS: readonly Purpose[] = ["failing", "degrading", "slow"];
/** Purposes whose targets are the calls that failed. */
const MENDS_FAILURES: readonly Purpose[] = ["failing", "incorrect", "degrading"];

export type Gathered = {
  readonly planned: readonly PlannedCase[];
  /** When the newest recorded call was made; null where there is none. */
  readonly newest: Date | null;
  /** What calls were seen doing, which may contradict what the tool declares. */
  readonly observed: ReadonlySet<string>;
  /** Longest that a good recorded call took, in milliseconds; null where there is none. */
  readonly slowestMs: number | null;
};

/** Everything to run, base cases first, then saved cases, targets, what the change is not for, and good calls newest first. */
export async function gather(database: Database, question: Question, extent: Extent): Promise<Gathered> {
  const { base } = question;
  const stored = await database.executions.cases(base.tool);
  const known = knownAnswers(base.manifest, stored);
  const [wrong, failures, failed, sampled, noted] = await Promise.all([
    wrongAnswers(database, base.tool, known),
    failingCalls(database, question, extent),
    database.executions.failures(base.tool, base.number, BEGINNING, extent.failures),
    database.executions.sample(base.tool, extent.recorded * 2),
    database.observations.list([base]),
  ]);
  const inSample = new Set(sampled.map(({ id }) => id));
  const live = await Promise.all(
    (question.live ?? []).filter((id) => !inSample.has(id)).map((id) => database.executions.find(id)),
  );
  const liveFirst = [...live.filter((one) => one !== null), ...sampled];
  const marked = new Set(wrong.marked);
  const saved = new Set(stored.flatMap(({ executionId }) => executionId ?? []));
  const good = liveFirst.filter(
    ({ id, status }) => (status === "succeeded" || status === "refused") && !marked.has(id) && !saved.has(id),
  );
  // Stable: within a version the order of the sample, newest first, stays.
  good.sort((a, b) => Number(b.version === base.number) - Number(a.version === base.number));
  const chosen = stratified(good, extent.recorded, new Set(question.live));
  const kinds = new Set(failures.map(({ cluster }) => cluster));
  const inPlay = (one: PlannedCase) => !LEAVES_ANSWERS.includes(question.purpose) || isOfKinds(one, kinds);
  const targets = [
    ...wrong.planned.filter(inPlay),
    ...failures
      .filter(({ id }) => !marked.has(id))
      .map((execution) => plannedOf(execution, "failed", known(execution))),
  ];
  const inQuestion = new Set(targets.map(({ executionId }) => executionId));
  // More of a kind in question would be counted twice over; what a case knows the answer of is judged as that case.
  const others = failed.filter(
    (one) => !inQuestion.has(one.id) && !marked.has(one.id) && !kinds.has(one.cluster) && !hasExpectation(known(one)),
  );
  const aside = [
    ...wrong.planned.filter((one) => !inPlay(one)),
    ...stratified(others, MOST_ASIDE).map((one) => plannedOf(one, "failed", {})),
  ].map((one) => ({ ...one, aside: true }));
  const planned: PlannedCase[] = [
    ...suiteOf(
      base.manifest,
      stored.filter((one) => !isAmong(one, [...targets, ...aside])),
    ),
    ...targets,
    ...aside,
    ...chosen.map((execution) => plannedOf(execution, null, {})),
  ];
  return {
    planned,
    newest: newestOf([...failures, ...failed, ...sampled]),
    observed: new Set([...observedEffectKinds(sampled), ...noted.map(({ what }) => what)]),
    slowestMs: chosen.length === 0 ? null : Math.max(...chosen.map(({ latencyMs }) => latencyMs)),
  };
}

/**
 * So many of some calls that each shape of input is among them before any has a second, in the order given; what must be
 * among them whatever its shape comes first. A rare shape that was last seen long ago is not crowded out by new calls.
 */
export function stratified<Call extends Pick<Execution, "id" | "input">>(
  calls: readonly Call[],
  most: number,
  always: ReadonlySet<string> = new Set(),
): Call[] {
  const seen = new Map<string, number>();
  const turns = calls.map((call, at) => {
    const shape = inputShape(call.input);
    const turn = seen.get(shape) ?? 0;
    seen.set(shape, turn + 1);
    return { at, turn: always.has(call.id) ? -1 : turn };
  });
  const kept = new Set(
    turns
      .sort((a, b) => a.turn - b.turn || a.at - b.at)
      .slice(0, most)
      .map(({ at }) => at),
  );
  return calls.filter((_, at) => kept.has(at));
}

/** Whether a marked call failed, as those do that the change is for. */
function isOfKinds({ recorded, cluster }: PlannedCase, kinds: ReadonlySet<string | undefined>): boolean {
  return recorded !== undefined && isFailure(recorded.status) && kinds.has(cluster);
}

/** Whether a case was made of a call that is judged already, by the same right answer: it counts once. */
function isAmong(one: StoredCase, targets: readonly PlannedCase[]): boolean {
  if (one.executionId === undefined) return false;
  const target = targets.find(({ executionId }) => executionId === one.executionId);
  return target !== undefined && canonicalJson(expectationOf(target)) === canonicalJson(expectationOf(one));
}

/** The tool's own cases, and those that people made from executions. */
export function suiteOf({ testCases }: Pick<Manifest, "testCases">, stored: readonly StoredCase[]): PlannedCase[] {
  return [
    ...testCases.map(
      (one): PlannedCase => ({
        source: "base_case",
        description: one.description,
        input: one.input,
        ...expectationOf(one),
        answers: { stated: one.effects ?? [] },
      }),
    ),
    ...stored.map(
      (one): PlannedCase => ({
        source: "stored_case",
        description: one.description,
        input: one.input,
        ...expectationOf(one),
        ...(one.executionId === undefined ? {} : { executionId: one.executionId }),
        answers: { journal: one.effects },
      }),
    ),
  ];
}

function expectationOf({ expectedOutput, shouldThrow }: Expectation): Expectation {
  return {
    ...(expectedOutput === undefined ? {} : { expectedOutput }),
    ...(shouldThrow === undefined ? {} : { shouldThrow }),
  };
}

function plannedOf(execution: Execution, wrong: "failed" | null, expectation: Expectation): PlannedCase {
  const { id, input, effects, cluster, version, status, output, error } = execution;
  return {
    source: "recorded",
    description: wrong === null ? "recorded call" : (error?.message ?? "failed call"),
    input,
    ...expectation,
    executionId: id,
    ...(cluster === undefined ? {} : { cluster }),
    answers: { journal: effects },
    recorded: { version, status, ...(output === undefined ? {} : { output }) },
    ...(wrong === null ? {} : { wrong }),
  };
}

/** What is known of the right answer of a recorded call. */
type Known = (execution: Execution) => Expectation;

/** Outputs that somebody marked as wrong, with the right one where it was given or a case says it. */
async function wrongAnswers(
  database: Database,
  tool: string,
  known: Known,
): Promise<{ planned: PlannedCase[]; marked: readonly string[] }> {
  const said = (await database.executions.feedback(tool)).filter(({ correct }) => !correct);
  const planned: PlannedCase[] = [];
  for (const { executionId, expectedOutput, note } of said.slice(0, MOST_WRONG)) {
    const execution = await database.executions.find(executionId);
    if (execution === null || execution.status === "rejected" || execution.status === "interrupted") continue;
    const expectation = expectedOutput === undefined ? known(execution) : { expectedOutput };
    planned.push({
      ...plannedOf(execution, null, expectation),
      description: note ?? "output marked as wrong",
      wrong: hasExpectation(expectation) ? "known_answer" : "marked_wrong",
    });
  }
  return { planned, marked: said.map(({ executionId }) => executionId) };
}

/** The failures of the opportunity's clusters that are the tool's fault; without one, all of the base version. */
async function failingCalls(database: Database, question: Question, extent: Extent): Promise<Execution[]> {
  const { base, purpose, opportunityId } = question;
  const opportunity = opportunityId === undefined ? null : await database.opportunities.find(opportunityId);
  const clusters = clustersToMend(opportunity);
  if (clusters.length === 0) {
    if (!MENDS_FAILURES.includes(purpose) || opportunity?.kind === "incorrect") return [];
    return database.executions.failures(base.tool, base.number, BEGINNING, extent.failures);
  }
  const found = new Map<string, Execution>();
  for (const cluster of clusters) {
    const smallest = await database.executions.find(cluster.smallestExecutionId);
    if (smallest !== null && isFailure(smallest.status)) found.set(smallest.id, smallest);
    for (const key of [cluster.key, ...(cluster.mergedKeys ?? [])]) {
      const page = { limit: extent.failuresACluster };
      const { items } = await database.executions.list({ tool: base.tool, version: base.number, cluster: key }, page);
      for (const execution of items) if (isFailure(execution.status)) found.set(execution.id, execution);
    }
    if (found.size >= extent.failures) break;
  }
  return [...found.values()].slice(0, extent.failures);
}

function clustersToMend(opportunity: Opportunity | null): Opportunity["clusters"] {
  const clusters = opportunity?.clusters ?? [];
  const own = clusters.filter(({ attribution }) => attribution === "tool" || attribution === "unknown");
  return own.length > 0 ? own : clusters;
}

/**
 * The right answer of a failed call where a case knows it: the case made of that very call, or one with the same input
 * where nothing but the input decides.
 */
function knownAnswers(manifest: Manifest, stored: readonly StoredCase[]): Known {
  const byExecution = new Map(stored.flatMap((one) => (one.executionId === undefined ? [] : [[one.executionId, one]])));
  const byInput = new Map<string, Expectation>();
  for (const one of [...manifest.testCases, ...stored]) {
    const alone = (one.effects ?? []).length === 0;
    if (alone && (one.expectedOutput !== undefined || one.shouldThrow !== undefined)) {
      byInput.set(canonicalJson(one.input), one);
    }
  }
  return (execution) => {
    const decided = execution.effects.every(({ kind }) => kind === "log");
    const found = byExecution.get(execution.id) ?? (decided ? byInput.get(canonicalJson(execution.input)) : undefined);
    return found === undefined ? {} : expectationOf(found);
  };
}
