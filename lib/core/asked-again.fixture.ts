/** Traffic of agents at work, drawn with a seed: what they ask once, and what they ask in series. */
import type { RecordedCall } from "./asked-again.ts";
import { inputShape } from "./clusters.ts";
import type { Json } from "./json.ts";

export const START = Date.UTC(2026, 10, 1);
const CITIES = [
  "Oslo",
  "Lima",
  "Quito",
  "Perth",
  "Cairo",
  "Delhi",
  "Turin",
  "Porto",
  "Leeds",
  "Minsk",
  "Accra",
  "Basel",
];
const CURRENCIES = ["EUR", "USD", "CHF", "SEK"];

let made = 0;

/** A call so many seconds after the start; it takes half a second. */
export function callAt(seconds: number, caller: string, input: Json, more: Partial<RecordedCall> = {}): RecordedCall {
  made += 1;
  return {
    id: `call-${String(made).padStart(8, "0")}`,
    version: 1,
    startedAt: new Date(START + seconds * 1000),
    latencyMs: 500,
    status: "succeeded",
    caller,
    shape: inputShape(input),
    input,
    output: { total: Math.round(seconds * 7919) % 997 },
    ...more,
  };
}

export type Work = "once" | "doubt" | "facets" | "list" | "pages" | "polling" | "sweep" | "side by side";

/** How often each work is drawn. */
export type Mix = Partial<Record<Work, number>>;
/** Mostly single questions; what is asked in twos and threes looks like doubt, and some of it is. */
export const DAILY: Mix = { once: 0.8, doubt: 0.03, facets: 0.05, list: 0.03, pages: 0.05, polling: 0.03, sweep: 0.01 };

export type Traffic = {
  readonly days: number;
  /** Works of a caller a day. */
  readonly perDay: number;
  /** What each caller does. */
  readonly callers: readonly Mix[];
  /** What all do from 18 h to midnight instead, and how many times as often. */
  readonly evenings?: { readonly mix: Mix; readonly times: number };
  /** Two hours of every 22 in which everybody calls so many times as often. */
  readonly bursts?: number;
};

/** The calls of some days, oldest first. */
export function trafficOf(random: () => number, { days, perDay, callers, evenings, bursts = 1 }: Traffic) {
  const calls: RecordedCall[] = [];
  for (const [index, usual] of callers.entries()) {
    for (let at = random() * 3_600; at < days * DAY; ) {
      const evening = evenings !== undefined && (at / 3_600) % 24 >= 18;
      const times = (evening ? evenings.times : 1) * (Math.floor(at / 7_200) % 11 === 3 ? bursts : 1);
      calls.push(...workAt(random, draw(random, evening ? evenings.mix : usual), at, `agent-${index}`));
      at += (-Math.log(1 - random()) * DAY) / perDay / times;
    }
  }
  return calls.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
}

const DAY = 86_400;

function draw(random: () => number, mix: Mix): Work {
  const works = Object.entries(mix) as [Work, number][];
  let place = random() * works.reduce((sum, [, share]) => sum + share, 0);
  for (const [work, share] of works) {
    place -= share;
    if (place < 0) return work;
  }
  return "once";
}

/** The same calls, of which from a day on some are asked again. */
export function doubted(
  random: () => number,
  calls: readonly RecordedCall[],
  { from, share, of }: { from: number; share: number; of: (call: RecordedCall) => boolean },
): RecordedCall[] {
  return calls.flatMap((call) => {
    if (call.startedAt.getTime() < START + from * DAY * 1_000 || !of(call) || random() >= share) return [call];
    const input = { ...(call.input as { note: string }), city: "Oslo" };
    const startedAt = new Date(call.startedAt.getTime() + 5_000);
    return [call, { ...call, id: `${call.id}-again`, startedAt, input: { ...input, note: `${input.note} now` } }];
  });
}

/** One piece of work of one caller, from a time on: between one and a dozen calls. */
export function workAt(random: () => number, work: Work, at: number, caller: string): RecordedCall[] {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const pause = () => 2 + 15 * random();
  const input = {
    city: pick(CITIES),
    amount: Math.round(random() * 100_000) / 100,
    currency: pick(CURRENCIES),
    note: `order ${Math.floor(random() * 1e6)} of the day`,
  };
  const more = (count: number, change: (index: number) => Json, wait = pause) => {
    let time = at;
    return Array.from({ length: count }, (_, index) => {
      const one = callAt(time, caller, index === 0 ? input : change(index));
      time += 0.5 + wait();
      return one;
    });
  };
  const many = 4 + Math.floor(random() * 9);
  switch (work) {
    case "once":
      return more(1, () => input);
    case "doubt":
      return more(2, () => ({ ...input, city: pick(CITIES), note: `${input.note} please` }));
    case "facets":
      return more(2 + Math.floor(random() * 2), (index) => ({ ...input, currency: CURRENCIES[index] as string }));
    case "list":
      return more(many, () => ({ ...input, city: pick(CITIES), amount: random() * 1000 }));
    case "pages":
      return more(1 + Math.floor(random() * 3), (index) => ({ ...input, amount: Math.ceil(input.amount) + index }));
    case "polling":
      return more(many, () => input);
    case "sweep":
      return more(
        many,
        (index) => ({ ...input, amount: index * 10 }),
        () => 0.2,
      );
    case "side by side":
      return more(
        many,
        (index) => ({ ...input, amount: index + random() }),
        () => -0.45,
      );
  }
}
