/** Reads the record of one tool through the ports. */
import type { RecordedCall } from "#lib/core/asked-again.ts";
import { CaseRun } from "#lib/core/case-run.ts";
import { type Execution, type Feedback, isFailure } from "#lib/core/execution.ts";
import type { Settings, Tool } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ExecutionFilter, TrafficBucket } from "#lib/ports/executions.ts";
import { readBaseline } from "./read-baseline.ts";
import type { ToolRecord, WrongCase } from "./record.ts";
import { shownBy } from "./shown.ts";
import { standingStretch, turnOf } from "./standing.ts";

const DAY_MS = 24 * 3_600_000;
const WINDOW_MS = 7 * DAY_MS;
/** One an hour over the whole window. */
const SLICES = 168;
/** Into how many parts a slice is cut that holds more than its share, and how often: an hour comes down to a millisecond. */
const PARTS = 24;
const ROUNDS = 6;
const FAILURES_READ = 1_000;
const OTHERS_READ = 500;
const LATENCIES_READ = 400;
const WRONG_READ = 100;
/** Of what callers asked: the newest, and as many as half of them from before the last day and before the active version. */
const ASKED_READ = 2_000;

/** The record of a tool's active version, or null where it was not called. */
export async function gather(database: Database, tool: Tool, settings: Settings): Promise<ToolRecord | null> {
  const version = tool.activeVersion;
  if (version === null) return null;
  const { executions } = database;
  const [ever] = await executions.counts({ tool: tool.name, version });
  if (ever === undefined) return null;

  // A millisecond past the last call, since the end of a span is not part of it.
  const until = new Date(ever.last.getTime() + 1);
  const since = new Date(until.getTime() - WINDOW_MS);
  const yesterday = new Date(until.getTime() - DAY_MS);
  const own = { tool: tool.name, version, since, until };
  const [inWindow] = await executions.statistics(own);
  if (inWindow === undefined) return null;

  // A short record is sliced finely, or its beginning and end would fall into one slice.
  const versions = await executions.counts({ tool: tool.name, since, until });
  const [firstOfAll] = versions.map(({ first }) => first).sort(byTime);
  const lastOfOthers = versions.filter((one) => one.version !== version).map(({ last }) => last.getTime());
  const sliced = new Date(Math.min((firstOfAll ?? inWindow.first).getTime(), until.getTime() - SLICES));
  const [coarse, failures, others, feedback, wrongCases, active, deployments] = await Promise.all([
    executions.traffic(tool.name, sliced, until, SLICES),
    executions.failures(tool.name, version, since, FAILURES_READ),
    collect(database, own, OTHERS_READ, (execution) => !isFailure(execution.status)),
    executions.feedback(tool.name),
    readWrongCases(database, tool.name, version),
    database.versions.find(tool.name, version),
    database.deployments.list({ tool: tool.name, state: "done" }, { limit: 50 }),
  ]);
  const activations = deployments.items.map(({ toVersion, finishedAt, startedAt }) => ({
    version: toVersion,
    at: finishedAt ?? startedAt,
  }));
  const [marked] = await executions.counts({ tool: tool.name, version, status: "succeeded", marked: "wrong" });
  const [wrong, asked] = await Promise.all([
    readWrong(executions, feedback, version, Math.min(WRONG_READ, marked?.counts.succeeded ?? 0)),
    readAsked(executions, tool.name, { since, until, befores: [yesterday, inWindow.first] }),
  ]);
  const show = active === null ? null : shownBy(active.manifest);
  const calls = {
    failures: failures.filter(({ startedAt }) => startedAt < until).map((one) => show?.failure(one) ?? one),
    others: others.map((one) => show?.call(one) ?? one),
    ...{ since, until },
  };
  const close = await lookCloser(executions, tool.name, coarse, until);
  const traffic = await splitAtChange(executions, tool.name, { ...calls, traffic: close });
  const turn = turnOf({ ...calls, traffic }, inWindow.first);
  // Counted anew, since slices hold the calls of all versions.
  const [sinceTurn] = turn === null ? [] : await executions.counts({ ...own, since: turn });
  const lately = others.filter(({ status, startedAt }) => status === "succeeded" && startedAt >= yesterday);
  const newest = lately.slice(0, LATENCIES_READ);
  // Where not all answers of the day were read, from the oldest that was; a version may be younger than a day.
  const whole = newest.length === lately.length && (others.length < OTHERS_READ || others.some(before(yesterday)));
  const oldest = whole ? inWindow.first : (newest.at(-1)?.startedAt ?? yesterday);
  const from = oldest > yesterday ? oldest : yesterday;
  const baselineMs = await readBaseline(executions, tool.name, { from, until }, LATENCIES_READ);
  return {
    tool: tool.name,
    version,
    target: tool.settings.target ?? settings.target,
    latencyBudgetMs: active?.manifest.latencyBudgetMs,
    ...calls,
    firstCall: inWindow.first,
    aloneSince: new Date(Math.max(since.getTime(), ...lastOfOthers)),
    counts: inWindow.counts,
    recent: turn === null ? null : { since: turn, counts: sinceTurn?.counts ?? {} },
    p50Ms: inWindow.p50Ms,
    p95Ms: inWindow.p95Ms,
    traffic,
    recentMs: newest.map(({ latencyMs }) => latencyMs),
    baselineMs,
    wrong: wrong.map((one) => show?.wrong(one) ?? one),
    marked: marked === undefined ? null : { wrong: marked.counts.succeeded ?? 0, since: marked.first },
    wrongCases,
    asked: asked.map((one) => show?.call(one) ?? one),
    right: new Set(feedback.filter(({ correct }) => correct).map(({ executionId }) => executionId)),
    activations,
  };
}

function before(time: Date): (execution: Execution) => boolean {
  return ({ startedAt }) => startedAt < time;
}

/**
 * Calls that come in bursts fall into few slices of time, good ones and failures together: a slice that holds many of the
 * calls is cut finer, again and again.
 */
async function lookCloser(
  executions: Pick<Database["executions"], "traffic">,
  tool: string,
  traffic: readonly TrafficBucket[],
  until: Date,
): Promise<readonly TrafficBucket[]> {
  const most = traffic.reduce((sum, { calls }) => sum + calls, 0) / PARTS;
  let slices = traffic;
  for (let round = 0; round < ROUNDS; round += 1) {
    const parts = await Promise.all(
      slices.map(({ at, calls, failures }, index) => {
        const end = slices[index + 1]?.at ?? until;
        const width = end.getTime() - at.getTime();
        const mixed = failures > 0 && failures < calls;
        return mixed && calls > most && width > 1 ? executions.traffic(tool, at, end, Math.min(PARTS, width)) : null;
      }),
    );
    if (parts.every((part) => part === null)) break;
    // Empty parts say nothing; the one before them reaches up to the next.
    slices = slices.flatMap(
      (slice, index) => parts[index]?.filter((part) => part.calls + part.refused + part.rejected > 0) ?? [slice],
    );
  }
  return slices;
}

/**
 * The slice that a change falls into, and the one before it, are cut at their first failure: a beginning is told to the
 * call, and good calls before it are not counted with what came after.
 */
async function splitAtChange(
  executions: Pick<Database["executions"], "traffic" | "firstFailure">,
  tool: string,
  record: Parameters<typeof standingStretch>[0],
): Promise<TrafficBucket[]> {
  const { traffic, until } = record;
  const { start, change } = standingStretch(record);
  const cut = async (slice: TrafficBucket, index: number): Promise<TrafficBucket[]> => {
    const end = traffic[index + 1]?.at ?? until;
    if (change?.direction !== "worse" || (index !== start && index !== start - 1)) return [slice];
    const first = await executions.firstFailure(tool, slice.at, end);
    if (first === null || first <= slice.at) return [slice];
    const halves = [executions.traffic(tool, slice.at, first, 1), executions.traffic(tool, first, end, 1)];
    return (await Promise.all(halves)).flat();
  };
  return (await Promise.all(traffic.map(cut))).flat();
}

/** Of the last run of the tool's cases, where it was of this version: what fails with an exception is seen in its calls. */
async function readWrongCases(database: Database, tool: string, version: number): Promise<WrongCase[]> {
  const { items } = await database.jobs.list({ kind: "cases", tool, state: "succeeded" }, { limit: 1 });
  const run = CaseRun.safeParse(items[0]?.result);
  if (!run.success || run.data.version !== version) return [];
  return run.data.items.filter(({ passed, status }) => !passed && status === "succeeded");
}

function byTime(a: Date, b: Date): number {
  return a.getTime() - b.getTime();
}

/** Newest first, up to a limit of those that are kept, out of at most four times as many. */
async function collect(
  database: Database,
  filter: ExecutionFilter,
  limit: number,
  keep: (execution: Execution) => boolean = () => true,
): Promise<Execution[]> {
  const kept: Execution[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 4 && kept.length < limit; page += 1) {
    const answer = await database.executions.list(filter, { cursor, limit });
    kept.push(...answer.items.filter(keep));
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return kept.slice(0, limit);
}

/**
 * What callers asked: of a tool that is called often the newest calls reach back minutes, so some are read that came before
 * the times that they are held against.
 */
async function readAsked(
  executions: Pick<Database["executions"], "asked">,
  tool: string,
  { since, until, befores }: { since: Date; until: Date; befores: readonly Date[] },
): Promise<RecordedCall[]> {
  const newest = await executions.asked(tool, since, until, ASKED_READ);
  const oldest = newest.at(-1)?.startedAt ?? until;
  const earlier = await Promise.all(
    befores.filter((end) => end <= oldest).map((end) => executions.asked(tool, since, end, ASKED_READ / 2)),
  );
  return [...new Map([...newest, ...earlier.flat()].map((call) => [call.id, call])).values()];
}

/** Outputs of the version that the newest word on them calls wrong, the newest word first. */
async function readWrong(
  executions: Pick<Database["executions"], "findAll">,
  feedback: readonly Feedback[],
  version: number,
  most: number,
): Promise<ToolRecord["wrong"]> {
  const words = feedback.filter(({ correct }) => !correct);
  const wrong: ToolRecord["wrong"][number][] = [];
  // Words on earlier versions stand among them.
  for (let at = 0; at < words.length && wrong.length < most; at += WRONG_READ) {
    const some = words.slice(at, at + WRONG_READ);
    const found = await executions.findAll(some.map(({ executionId }) => executionId));
    for (const word of some) {
      const execution = found.get(word.executionId);
      // A call that failed is wrong by itself, and counted as a failure.
      if (execution?.version === version && execution.status === "succeeded") wrong.push({ execution, feedback: word });
    }
  }
  return wrong.slice(0, most);
}
