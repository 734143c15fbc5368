/** Tells events in groups: what is published while one statement is under way goes into the next. */
import type { ServerEvent } from "#lib/ports/database.ts";

/** Calls are told this often at most: pages that follow them look up the rest, and a statement for each would cost. */
const CALLS_EVERY_MS = 100;

/**
 * @param send tells these events in one statement
 * @returns settles when the event was told; of calls of one tool in a group, only the newest is told: pages look up the rest
 */
export function publishGrouped(send: (events: ServerEvent[]) => Promise<void>): (event: ServerEvent) => Promise<void> {
  let waiting = new Map<string, ServerEvent>();
  let next: PromiseWithResolvers<void> | null = null;
  let underWay = false;
  let paused = false;
  let callsToldAt = Number.NEGATIVE_INFINITY;
  let count = 0;

  function tell(): void {
    const settle = next;
    if (underWay || settle === null) return;
    const group = [...waiting.values()];
    const onlyCalls = group.every(({ kind }) => kind === "execution");
    const pause = onlyCalls ? CALLS_EVERY_MS - (performance.now() - callsToldAt) : 0;
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
    if (group.some(({ kind }) => kind === "execution")) callsToldAt = performance.now();
    waiting = new Map();
    next = null;
    underWay = true;
    const over = (): void => {
      underWay = false;
      tell();
    };
    send(group).then(settle.resolve, settle.reject).then(over);
  }

  return (event) => {
    count += 1;
    waiting.set(event.kind === "execution" ? `execution ${event.tool ?? ""}` : `${count}`, event);
    next ??= Promise.withResolvers();
    const { promise } = next;
    queueMicrotask(tell);
    return promise;
  };
}
