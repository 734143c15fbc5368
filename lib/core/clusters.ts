/** Failures that are the same problem share a key; inputs that look alike share a shape. */
import { attributeCluster } from "./attribution.ts";
import type { ErrorInfo, Execution } from "./execution.ts";
import { isFailure } from "./execution.ts";
import { canonicalJson, type Json, sha256 } from "./json.ts";
import { normaliseMessage } from "./normalise-message.ts";
import type { Cluster } from "./opportunity.ts";

const STACK_LINES_SCANNED = 40;
const FRAMES_KEPT = 3;
const TIMELINE_SLICES = 24;

type Frame = { readonly name: string; readonly line: number };

/** Files that belong to the machinery rather than to the tool. */
const MACHINERY = /node:|node_modules|isolated-vm|<anonymous>$|whetstone[\\/]|ext:|evalmachine|^native$/;

/** The tool's own frames of a V8 or a Python stack, innermost first. */
function ownFrames(stack: string): Frame[] {
  const frames: Frame[] = [];
  const innermostLast: Frame[] = [];
  for (const line of stack.slice(0, 20_000).split("\n", STACK_LINES_SCANNED)) {
    const v8 = /^\s*at (?:async )?(?:(.{1,200}?) \()?([^()\s]{1,400}):(\d+):\d+\)?$/.exec(line);
    if (v8) {
      if (MACHINERY.test(v8[2] as string)) continue;
      const name = (v8[1] ?? "").replace(/^(?:new |Object\.|Module\.)/, "").replace(/ \[as .*$/, "");
      frames.push({ name: name === "" || name.includes("<anonymous>") ? "(anonymous)" : name, line: Number(v8[3]) });
      continue;
    }
    const python = /^\s*File "([^"]{1,400})", line (\d+), in (\S{1,200})/.exec(line);
    if (python && !/site-packages|lib\/python/.test(python[1] as string)) {
      innermostLast.push({ name: python[3] as string, line: Number(python[2]) });
    }
  }
  return [...frames, ...innermostLast.reverse()].slice(0, FRAMES_KEPT);
}

/**
 * The key of a failure: error name or code, normalised message and the tool's own top frames by function. Lines are
 * left out, so that an edit elsewhere in the file does not make it another problem.
 */
export function failureCluster(error: ErrorInfo): string {
  const frames = ownFrames(error.stack).map((frame) => frame.name);
  return sha256(canonicalJson([error.code ?? error.name, normaliseMessage(error.message), frames])).slice(0, 16);
}

const SHAPE_KEPT = 160;
const SHAPE_DEPTH = 8;
const RECORD_KEYS = 32;

/**
 * The structural shape of an input as a readable, stable key: sorted member names with the types of their values,
 * arrays by the distinct shapes of their elements. Values of strings and numbers play no part.
 */
export function inputShape(input: Json): string {
  const text = shapeOf(input, 0);
  return text.length <= SHAPE_KEPT ? text : `${text.slice(0, SHAPE_KEPT - 18)}…#${sha256(text).slice(0, 16)}`;
}

function shapeOf(value: Json, depth: number): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  if (depth >= SHAPE_DEPTH) return "…";
  if (Array.isArray(value)) {
    // Long arrays are read at their beginning: their elements are alike in nearly every real input.
    return `[${distinct(value.slice(0, 100).map((item) => shapeOf(item, depth + 1)))}]`;
  }
  const keys = Object.keys(value).sort();
  if (keys.length > RECORD_KEYS) {
    // So many members are a dictionary, whose keys are data.
    return `{*:${distinct(keys.slice(0, 100).map((key) => shapeOf(value[key] as Json, depth + 1)))}}`;
  }
  return `{${keys.map((key) => `${key}:${shapeOf(value[key] as Json, depth + 1)}`).join(",")}}`;
}

function distinct(shapes: string[]): string {
  return [...new Set(shapes)].sort().join("|");
}

export type Window = { readonly since: Date; readonly until: Date };

/**
 * Groups the failures among the executions by cluster, largest first; near-duplicates merge into the larger one. The
 * executions that did not fail serve as the background for attribution.
 */
export function clusterFailures(executions: readonly Execution[], window: Window): Cluster[] {
  const groups = new Map<string, Execution[]>();
  for (const execution of executions) {
    if (!isFailure(execution.status)) continue;
    const key = clusterKey(execution);
    const group = groups.get(key);
    if (group) group.push(execution);
    else groups.set(key, [execution]);
  }
  const merged: { key: string; mergedKeys: string[]; members: Execution[] }[] = [];
  const bySize = [...groups].sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1));
  for (const [key, members] of bySize) {
    const twin = merged.find((candidate) => alike(candidate.members[0] as Execution, members[0] as Execution));
    if (twin) {
      twin.mergedKeys.push(key);
      twin.members.push(...members);
    } else merged.push({ key, mergedKeys: [], members: [...members] });
  }
  return merged
    .map(({ key, mergedKeys, members }) => toCluster(key, mergedKeys, members, executions, window))
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** The cluster that a failed execution belongs to, as recorded or worked out now. */
export function clusterKey(execution: Execution): string {
  return execution.cluster ?? failureCluster(errorOf(execution));
}

/** The error of a failed execution; one that carries none is named after its outcome. */
export function errorOf(execution: Pick<Execution, "status" | "error">): ErrorInfo {
  return execution.error ?? { name: execution.status === "timed_out" ? "TimedOut" : "Failed", message: "", stack: "" };
}

/** A cluster over executions that share a key, whatever made them wrong; `error` is what to call it. */
export function describeCluster(
  key: string,
  error: ErrorInfo,
  members: readonly Execution[],
  window: Window,
): Omit<Cluster, "attribution"> {
  const times = members.map((execution) => execution.startedAt.getTime());
  const smallest = smallestInput(members);
  return {
    key,
    errorName: error.name,
    ...(error.code === undefined ? {} : { errorCode: error.code }),
    message: normaliseMessage(error.message),
    frames: ownFrames(error.stack).map((frame) => `${frame.name}:${frame.line}`),
    count: members.length,
    firstSeen: new Date(Math.min(...times)),
    lastSeen: new Date(Math.max(...times)),
    smallestInput: smallest.input,
    smallestExecutionId: smallest.id,
    timeline: timelineOf(times, window),
  };
}

function toCluster(
  key: string,
  mergedKeys: string[],
  members: readonly Execution[],
  all: readonly Execution[],
  window: Window,
): Cluster {
  return {
    ...describeCluster(key, commonestError(members), members, window),
    ...(mergedKeys.length > 0 ? { mergedKeys } : {}),
    attribution: attributeCluster(members, all),
  };
}

/** The error in the words that most of the failures have; of equals those of the smallest input. */
function commonestError(members: readonly Execution[]): ErrorInfo {
  const smallest = errorOf(smallestInput(members));
  const said = Map.groupBy(members.map(errorOf), ({ message }) => normaliseMessage(message));
  const most = Math.max(...[...said.values()].map(({ length }) => length));
  const own = said.get(normaliseMessage(smallest.message)) ?? [];
  return own.length === most ? smallest : ([...said.values()].find(({ length }) => length === most)?.[0] ?? smallest);
}

/** The execution with the shortest canonical input; of equals the newest. */
function smallestInput(members: readonly Execution[]): Execution {
  let best = members[0] as Execution;
  let length = Number.POSITIVE_INFINITY;
  for (const member of members) {
    const size = canonicalJson(member.input).length;
    if (size < length || (size === length && member.startedAt > best.startedAt)) {
      best = member;
      length = size;
    }
  }
  return best;
}

function timelineOf(times: readonly number[], window: Window): number[] {
  const slices = new Array<number>(TIMELINE_SLICES).fill(0);
  const start = window.since.getTime();
  const span = Math.max(1, window.until.getTime() - start);
  for (const time of times) {
    const slice = Math.min(TIMELINE_SLICES - 1, Math.max(0, Math.floor(((time - start) / span) * TIMELINE_SLICES)));
    slices[slice] = (slices[slice] as number) + 1;
  }
  return slices;
}

/** Share of common words from which two messages of the same error at the same place count as one problem. */
const ALIKE = 0.6;

/** Near-duplicates: the same error by name and code, from the same function, in nearly the same words. */
function alike(a: Execution, b: Execution): boolean {
  const [left, right] = [errorOf(a), errorOf(b)];
  if (left.name !== right.name || left.code !== right.code) return false;
  const [leftTop, rightTop] = [ownFrames(left.stack)[0]?.name, ownFrames(right.stack)[0]?.name];
  if (leftTop !== rightTop) return false;
  const [leftMessage, rightMessage] = [normaliseMessage(left.message), normaliseMessage(right.message)];
  if (leftMessage === rightMessage) return true;
  // Names of the source tell bugs apart even where all other words agree.
  if (/\((reading|setting) /.test(leftMessage) || /\((reading|setting) /.test(rightMessage)) return false;
  return overlap(leftMessage.split(" "), rightMessage.split(" ")) >= ALIKE;
}

/** Jaccard index of two bags of words read as sets. */
function overlap(left: readonly string[], right: readonly string[]): number {
  const a = new Set(left);
  const b = new Set(right);
  const common = [...a].filter((word) => b.has(word)).length;
  return common / (a.size + b.size - common);
}
