/** What short calls have for a worker, gathered into frames: each crosses into the isolate of its module as one. */
import { TO_WORKER } from "./messages.ts";
import type { GuestModule, RunningCall } from "./running-call.ts";

/** The most messages of a frame: the parent goes on with their answers while the next frame runs. */
const MOST_MESSAGES = 32;
/** What a frame should take at the most, in milliseconds, going by the ones before it. */
const AIM_MS = 8;

export type Frame = { readonly module: GuestModule; timeMs: number; count: number; text: string };

export type Frames = {
  /** Adds a start or an answer of a call, which has so long left. */
  add(call: RunningCall, text: string, timeMs: number): void;
  readonly isEmpty: boolean;
  /** Lines for the worker; the frames in them count as sent. */
  take(): string;
  /** The frame that the worker's next word is about. */
  answered(): Frame | undefined;
  /** How many frames the worker has not said a word about. */
  readonly owed: number;
};

/** Frames of one worker. */
export function createFrames(): Frames {
  /** By module: the one that takes more. */
  const open = new Map<GuestModule, Frame>();
  let closed: Frame[] = [];
  let sent: Frame[] = [];
  let first = 0;

  return {
    add(call, text, timeMs) {
      const { module } = call;
      let frame = open.get(module);
      const isFull = frame !== undefined && frame.count >= MOST_MESSAGES;
      const isSlow = frame !== undefined && (frame.count + 1) * module.messageMs > AIM_MS;
      // Answers of one call come one by one, each after what the one before it set going: a replay has them so too.
      if (frame !== undefined && (isFull || isSlow || call.frame === frame)) {
        closed.push(frame);
        frame = undefined;
      }
      if (frame === undefined) {
        frame = { module, timeMs, count: 0, text: "" };
        open.set(module, frame);
      }
      frame.text += frame.count === 0 ? text : `,${text}`;
      frame.count += 1;
      if (timeMs < frame.timeMs) frame.timeMs = timeMs;
      call.frame = frame;
    },
    get isEmpty() {
      return open.size === 0;
    },
    take() {
      let lines = "";
      if (closed.length > 0) {
        for (const frame of closed) lines += lineOf(frame);
        sent.push(...closed);
        closed = [];
      }
      for (const frame of open.values()) {
        lines += lineOf(frame);
        sent.push(frame);
      }
      open.clear();
      return lines;
    },
    answered() {
      const frame = sent[first];
      first += 1;
      if (first === sent.length) {
        sent = [];
        first = 0;
      }
      return frame;
    },
    get owed() {
      return sent.length - first;
    },
  };
}

function lineOf({ module, timeMs, count, text }: Frame): string {
  return `${TO_WORKER.frame} ${module.key} ${Math.max(1, Math.ceil(timeMs))} ${count} [${text}]\n`;
}
