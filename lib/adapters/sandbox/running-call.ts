/** One call as the parent keeps it: what it asked of the world, what was answered, and in which order it was completed. */
import { canonicalJson } from "#lib/core/json.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { RunRequest, RunResult } from "#lib/ports/sandbox.ts";
import type { Frame } from "./frames.ts";
import type { Answer, Ask, LogItem, RecordedEffect, Report, WorkerEnding } from "./messages.ts";
import { trimStack } from "./trim-stack.ts";
import type { WorkerProcess } from "./worker-process.ts";

type Asked = Ask & {
  readonly startedMs: number;
  answer: Answer | null;
  endedMs: number;
};

export type RunningCall = {
  readonly id: number;
  readonly request: RunRequest;
  readonly module: GuestModule;
  readonly seed: readonly [number, number, number];
  /** What tells the call's own placeholders of secrets from those that others write; empty where it may use none. */
  readonly seal: string;
  readonly settle: (result: RunResult) => void;
  /** Made when the first effect is asked for. */
  stop: AbortController | null;
  /** What the guest is answered from before anything else: the recording, or what a lost worker had completed. */
  journal: readonly Effect[];
  /** What was completed since the guest was last started. */
  log: Effect[];
  /** Effects asked of the parent, each performed once however often the guest is started. */
  asked: Map<number, Asked> | null;
  worker: WorkerProcess | null;
  /** On a thread of its own in the worker. */
  long: boolean;
  sentAt: number;
  /** When it first began. */
  begunAt: number | null;
  /** When it began in the worker that has it now; null before. */
  begunHereAt: number | null;
  /** Pieces of guest code that the worker has and has not finished: above zero, the call computes. */
  pieces: number;
  /** It told something since it was started last: it waits in its isolate. */
  heard: boolean;
  /** The frame that it was last a part of. */
  frame: Frame | null;
  tries: number;
  /** Workers that were killed from outside while they had it. */
  outages: number;
  /** Isolates that neighbours broke under it. */
  losses: number;
  /** Computed while a worker was lost: runs by itself, so that a second loss can be laid at its door. */
  suspect: boolean;
};

/** A tool version as workers know it. */
export type GuestModule = {
  readonly key: number;
  readonly message: string;
  /** Calls left that run on threads of their own, because one before them was not short. */
  longCalls: number;
  /** How long a message of it lately took, in milliseconds. */
  messageMs: number;
};

/** Recorded for effects that were under way when the call was stopped: a replay leaves them unanswered. */
const UNANSWERED = { name: "Unanswered", message: "The call was stopped before the answer came" };
const NOT_AWAITED_MESSAGE = "The call had ended before the answer came";

/** A call that has not been started. */
export function newCall(
  start: Pick<RunningCall, "id" | "request" | "module" | "seed" | "seal" | "settle">,
): RunningCall {
  const { effects } = start.request;
  return {
    ...start,
    stop: null,
    journal: effects.mode === "replay" ? effects.journal : [],
    log: [],
    asked: null,
    worker: null,
    long: false,
    sentAt: 0,
    begunAt: null,
    begunHereAt: null,
    pieces: 0,
    heard: false,
    frame: null,
    tries: 0,
    outages: 0,
    losses: 0,
    suspect: false,
  };
}

const wordOfJournal = new WeakMap<readonly Effect[], string>();

/** A recording as guests read it; recordings are run by several versions, so that their text is kept with them. */
function journalText(journal: readonly Effect[]): string {
  let text = wordOfJournal.get(journal);
  if (text === undefined) {
    const entries = journal.map(({ call, kind, request, response, error }) => {
      const entry: RecordedEffect = [call, kind, request, response ?? null];
      if (error !== undefined) entry.push(error);
      return entry;
    });
    text = JSON.stringify(entries);
    wordOfJournal.set(journal, text);
  }
  return text;
}

/** What the guest is started from. */
export function startText({ id, seed, seal, journal, request }: RunningCall): string {
  const isLive = request.effects.mode === "live";
  const recorded = isLive && journal.length === 0 ? "null" : journalText(journal);
  return `[${id},${seed[0]},${seed[1]},${seed[2]},${isLive ? 1 : 0},${recorded},${JSON.stringify(request.input)}${seal === "" ? "" : `,"${seal}"`}]`;
}

/** Makes ready to start the guest again: it is answered from what was completed, and then goes on. */
export function rewind(call: RunningCall): void {
  if (call.request.effects.mode === "live" && call.log.length >= call.journal.length) call.journal = call.log;
  call.log = [];
  call.worker = null;
  call.begunHereAt = null;
  call.pieces = 0;
  call.heard = false;
  call.frame = null;
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
  call.asked ??= new Map();
  const known = call.asked.get(ask.call);
  if (known !== undefined) {
    const same = known.kind === ask.kind && canonicalJson(known.request) === canonicalJson(ask.request);
    return same ? { asked: known, isNew: false } : null;
  }
  const asked: Asked = { ...ask, startedMs: elapsed(call), answer: null, endedMs: 0 };
  call.asked.set(ask.call, asked);
  return { asked, isNew: true };
}

/** Whether an effect is under way. */
export function hasUnanswered({ asked }: RunningCall): boolean {
  if (asked !== null) for (const { answer } of asked.values()) if (answer === null) return true;
  return false;
}

function effectOf(call: RunningCall, item: LogItem, atMs: number): Effect | null {
  if ("entry" in item) {
    const recorded = call.journal[item.entry];
    return recorded === undefined ? null : { ...recorded, call: item.call };
  }
  if ("kind" in item) return { ...item, startedMs: atMs, endedMs: atMs };
  const asked = call.asked?.get(item.call);
  if (asked === undefined) return null;
  if (!("left" in item)) return effectFrom(asked, asked.answer ?? { error: UNANSWERED }, asked.endedMs);
  return effectFrom(asked, { error: { name: item.left, message: NOT_AWAITED_MESSAGE } }, atMs);
}

function effectFrom({ call, kind, request, startedMs }: Asked, answer: Answer, endedMs: number): Effect {
  return { call, kind, request, ...answer, startedMs, endedMs: Math.max(startedMs, endedMs) };
}

/**
 * Adds what the guest completed to the log.
 * @param ranMs how long the call took by the worker's clock, where it has ended
 */
export function noteReport(call: RunningCall, { same, log }: Report, ranMs: number | null): void {
  if (same === true) call.log = [...call.journal];
  if (log === undefined) return;
  const atMs = call.asked === null && ranMs !== null ? ranMs : elapsed(call);
  for (const item of log) {
    const effect = effectOf(call, item, atMs);
    if (effect !== null) call.log.push(effect);
  }
}

/**
 * The result of a call, with all that it did; what was under way is on record as unanswered.
 * @param ranMs how long the worker says that it took; else the time since it began
 */
export function resultOf(call: RunningCall, ending: Ended, ranMs: number | null): RunResult {
  // After a second loss within the first answers, the longer of the two records is the true one.
  const isLive = call.request.effects.mode === "live";
  const effects = isLive && call.journal.length > call.log.length ? [...call.journal] : call.log;
  // What was asked of the parent counts from when the call was sent, and so does then the call.
  const latencyMs = call.asked === null && ranMs !== null ? ranMs : elapsed(call);
  if (call.asked !== null) {
    const logged = new Set(effects.map((effect) => effect.call));
    for (const asked of call.asked.values()) {
      if (logged.has(asked.call)) continue;
      const endedMs = asked.answer === null ? elapsed(call) : asked.endedMs;
      effects.push(effectFrom(asked, asked.answer ?? { error: UNANSWERED }, endedMs));
    }
  }
  return { ...ending, latencyMs, effects };
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type Ended = Without<RunResult, "latencyMs" | "effects">;

/** What a worker says of an ending, with the tool's own frames only. */
export function endedOf(ending: WorkerEnding, name: string): Ended {
  if (!("error" in ending)) return ending;
  return { ...ending, error: { ...ending.error, stack: trimStack(ending.error.stack, name) } };
}
