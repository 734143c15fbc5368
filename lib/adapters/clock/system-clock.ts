/** The machine's clock, and identities that sort by its time. */
import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "#lib/ports/clock.ts";

let lastMs = 0;
let counter = 0;

/** A UUIDv7 (RFC 9562, method 1): within a millisecond a counter keeps ids of this process in order. */
function uuidv7(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = randomInt(0x400);
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  const random = randomBytes(8);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const time = lastMs.toString(16).padStart(12, "0");
  const tail = random.toString("hex");
  const middle = (0x7000 | counter).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

export const systemClock: Clock = {
  now: () => new Date(),
  id: uuidv7,
  seed: () => randomInt(2 ** 31),
};
