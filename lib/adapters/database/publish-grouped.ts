/** Tells events in groups: what is published while one statement is under way goes into the next. */
import type { ServerEvent } from "#lib/ports/database.ts";

/** Calls are told this often at most: pages that follow them look up the rest, and a statement for each would cost. */
const CALLS_EVERY_MS = 100;

/**
 * @param send tells these events in one statement
 * @returns settles when the event was told; of calls of one tool in a group, only the newest is told: pages look up the rest
 */
export function publishGrouped(send: (events: ServerEvent[]) => Promise<void>): (event: ServerEvent) => Promise<void> {
  let waiting: ServerEvent[] = [];
  /** The newest call of each tool. */
  let calls = new Map<string, ServerEvent>();
  let next: PromiseWithResolvers<void> | null = null;
  let asked = false;
  let underWay = false;
  let paused = false;
  let callsToldAt = Number.NEGATIVE_INFINITY;

  function tell(): void {
    asked = false;
    const settle = next;
    if (underWay || settle === null) return;
    const pause = waiting.length === 0 ? CALLS_EVERY_MS - (performance.now() - callsToldAt) : 0;
    if (pause > 0) {
      if (paused) return;
      paused = true;
      const timer = setTimeout(() => {
        paused = false;
        tell();
      }, pause);
      timer.unref();
      return;
    }
    if (calls.size > 0) callsToldAt = performance.now();
    const group = [...calls.values(), ...waiting];
    waiting = [];
    calls = new Map();
    next = null;
    underWay = true;
    const over = (): void => {
      underWay = false;
      tell();
    };
    send(group).then(settle.resolve, settle.reject).then(over);
  }

  return (event) => {
    const isCall = event.kind === "execution";
    if (isCall) calls.set(event.tool ?? "", event);
    else waiting.push(event);
    next ??= Promise.withResolvers();
    const { promise } = next;
    // While calls rest, another call changes nothing.
    if (!asked && !(isCall && paused)) {
      asked = true;
      queueMicrotask(tell);
    }
    return promise;
  };
}
