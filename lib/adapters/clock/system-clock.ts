/** The machine's clock, and identities that sort by its time. */
import { randomFillSync, randomInt } from "node:crypto";
import type { Clock } from "#lib/ports/clock.ts";

let lastMs = 0;
let counter = 0;
/** The milliseconds as an id begins with them. */
let beginning = "";

/** Randomness for many ids at once: asking the machine for it costs more than the rest of an id. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Eight bytes that nobody else gets, as hexadecimal digits, with the variant of RFC 9562 in the first. */
function randomTail(): string {
  if (used + 8 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool[used] = ((pool[used] ?? 0) & 0x3f) | 0x80;
  used += 8;
  return pool.toString("hex", used - 8, used);
}

function begin(ms: number): void {
  lastMs = ms;
  const time = ms.toString(16).padStart(12, "0");
  beginning = `${time.slice(0, 8)}-${time.slice(8)}`;
}

/** A UUIDv7 (RFC 9562, method 1): within a millisecond a counter keeps ids of this process in order. */
function uuidv7(): string {
  const now = Date.now();
  if (now > lastMs) {
    counter = randomInt(0x400);
    begin(now);
  } else if (++counter > 0xfff) {
    counter = 0;
    begin(lastMs + 1);
  }
  const tail = randomTail();
  const middle = (0x7000 | counter).toString(16);
  return `${beginning}-${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

export const systemClock: Clock = {
  now: () => new Date(),
  id: uuidv7,
  seed: () => randomInt(2 ** 31),
};
