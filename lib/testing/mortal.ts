/** Parts whose writes can be watched one by one: where a test lets a process die, or takes something away from it. */
import type { Database } from "#lib/ports/database.ts";

/** What may be the last thing that a process does. */
const WRITES: ReadonlySet<string> = new Set([
  "create",
  "appendStep",
  "appendSteps",
  "finish",
  "transition",
  "add",
  "setActive",
  "append",
  "backup",
  "stage",
  "noteAgreed",
  "commitStaged",
  "discardStaged",
  "transaction",
]);

export type Moment = {
  readonly write: string;
  readonly when: "before" | "after";
  /** The same before and after one write, which may hold others in between. */
  readonly call: number;
};

let calls = 0;

/** The same part; `onMoment` is called around each of its writes, inside transactions too, and may throw or never return. */
export function watchWrites<T extends object>(part: T, onMoment: (moment: Moment) => void | Promise<void>): T {
  async function around<R>(write: string, work: () => Promise<R>): Promise<R> {
    if (!WRITES.has(write)) return work();
    calls += 1;
    const call = calls;
    await onMoment({ write, when: "before", call });
    const answer = await work();
    await onMoment({ write, when: "after", call });
    return answer;
  }
  return new Proxy(part, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value === "object" && value !== null) return watchWrites(value, onMoment);
      if (typeof value !== "function" || typeof key !== "string") return value;
      if (key !== "transaction") return (...args: unknown[]) => around(key, async () => value.apply(target, args));
      return (work: (tx: Database) => Promise<unknown>) =>
        around(key, () => value.call(target, (tx: Database) => work(watchWrites(tx, onMoment))));
    },
  });
}

/** The n-th time that a moment comes, counted from 1. */
export type Cut = Omit<Moment, "call"> & { readonly nth?: number };

/** Calls `strike` at the moment of the cut, once. */
export function strikeAt(cut: Cut, strike: () => void | Promise<void>): (moment: Moment) => void | Promise<void> {
  let left = cut.nth ?? 1;
  return ({ write, when }) => {
    if (write !== cut.write || when !== cut.when) return;
    left -= 1;
    if (left === 0) return strike();
  };
}
