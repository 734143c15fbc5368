/** One call as the parent keeps it: what it asked of the world, what was answered, and in which order it was completed. */
import { canonicalJson } from "#lib/core/json.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { RunRequest, RunResult } from "#lib/ports/sandbox.ts";
import type { Answer, Ask, LogItem, WorkerEnding } from "./messages.ts";
import type { WorkerProcess } from "./worker-process.ts";

type Asked = Ask & {
  readonly key: string;
  readonly startedMs: number;
  answer: Answer | null;
  endedMs: number;
};

export type RunningCall = {
  readonly id: number;
  readonly request: RunRequest;
  /** Key of the isolate that it runs in. */
  readonly key: string;
  readonly factory: string;
  readonly seed: readonly number[];
  readonly settle: (result: RunResult) => void;
  readonly stop: AbortController;
  /** What the guest is answered from before anything else: the recording, or what a lost worker had completed. */
  journal: readonly Effect[];
  /** What was completed since the guest was last started. */
  log: Effect[];
  /** Effects asked of the parent, each performed once however often the guest is started. */
  readonly asked: Map<number, Asked>;
  worker: WorkerProcess | null;
  /** When it first began. */
  begunAt: number | null;
  /** It has begun in the worker that has it now. */
  begunHere: boolean;
  /** Pieces of guest code that the worker has and has not finished: above zero, the call computes. */
  pieces: number;
  tries: number;
  /** Computed while a worker was lost: runs by itself, so that a second loss can be laid at its door. */
  suspect: boolean;
  watchdog: NodeJS.Timeout | null;
};

/** Recorded for effects that were under way when the call was stopped: a replay leaves them unanswered. */
const UNANSWERED = { name: "Unanswered", message: "The call was stopped before the answer came" };
const NOT_AWAITED_MESSAGE = "The call had ended before the answer came";

/** A call that has not been started. */
export function newCall(
  start: Pick<RunningCall, "id" | "request" | "key" | "factory" | "seed" | "settle">,
): RunningCall {
  const { effects } = start.request;
  return {
    ...start,
    stop: new AbortController(),
    journal: effects.mode === "replay" ? effects.journal : [],
    log: [],
    asked: new Map(),
    worker: null,
    begunAt: null,
    begunHere: false,
    pieces: 0,
    tries: 0,
    suspect: false,
    watchdog: null,
  };
}

/** Makes ready to start the guest again: it is answered from what was completed, and then goes on. */
export function rewind(call: RunningCall): void {
  if (call.request.effects.mode === "live" && call.log.length >= call.journal.length) call.journal = call.log;
  call.log = [];
  call.worker = null;
  call.begunHere = false;
  call.pieces = 0;
}

/** Milliseconds since the call began. */
export function elapsed(call: RunningCall): number {
  return call.begunAt === null ? 0 : performance.now() - call.begunAt;
}

/**
 * Notes an effect that the guest asks for.
 * @returns the note and whether it is new; null where it is not what was asked for before the worker was lost
 */
export function noteAsk(call: RunningCall, ask: Ask): { asked: Asked; isNew: boolean } | null {
  const key = `${ask.kind} ${canonicalJson(ask.request)}`;
  const known = call.asked.get(ask.call);
  if (known !== undefined) return known.key === key ? { asked: known, isNew: false } : null;
  const asked: Asked = { ...ask, key, startedMs: elapsed(call), answer: null, endedMs: 0 };
  call.asked.set(ask.call, asked);
  return { asked, isNew: true };
}

/** Adds what the guest completed to the log. */
export function noteLog(call: RunningCall, items: readonly LogItem[]): void {
  for (const item of items) {
    const effect = effectOf(call, item);
    if (effect !== null) call.log.push(effect);
  }
}

function effectOf(call: RunningCall, item: LogItem): Effect | null {
  if ("entry" in item) {
    const recorded = call.journal[item.entry];
    return recorded === undefined ? null : { ...recorded, call: item.call };
  }
  if ("kind" in item) return { ...item, startedMs: elapsed(call), endedMs: elapsed(call) };
  const asked = call.asked.get(item.call);
  if (asked === undefined) return null;
  if (!("left" in item)) return effectFrom(asked, asked.answer ?? { error: UNANSWERED }, asked.endedMs);
  return effectFrom(asked, { error: { name: item.left, message: NOT_AWAITED_MESSAGE } }, elapsed(call));
}

function effectFrom({ call, kind, request, startedMs }: Asked, answer: Answer, endedMs: number): Effect {
  return { call, kind, request, ...answer, startedMs, endedMs: Math.max(startedMs, endedMs) };
}

/** The result of a call, with all that it did; what was under way is on record as unanswered. */
export function resultOf(call: RunningCall, ending: Ended): RunResult {
  // After a second loss within the first answers, the longer of the two records is the true one.
  const isLive = call.request.effects.mode === "live";
  const done = isLive && call.journal.length > call.log.length ? call.journal : call.log;
  const effects = [...done];
  const logged = new Set(effects.map((effect) => effect.call));
  for (const asked of call.asked.values()) {
    if (logged.has(asked.call)) continue;
    const endedMs = asked.answer === null ? elapsed(call) : asked.endedMs;
    effects.push(effectFrom(asked, asked.answer ?? { error: UNANSWERED }, endedMs));
  }
  return { ...ending, latencyMs: elapsed(call), effects };
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type Ended = Without<RunResult, "latencyMs" | "effects">;

/** What a worker says of an ending, with its output read. */
export function endedOf(ending: WorkerEnding): Ended {
  if (ending.kind === "returned" || ending.kind === "postcondition") {
    return { ...ending, output: JSON.parse(ending.output) };
  }
  return ending;
}
