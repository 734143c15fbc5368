/** Tells events in groups with no timer: what is published while one statement is under way goes into the next. */
import type { ServerEvent } from "#lib/ports/database.ts";

/**
 * @param send tells these events in one statement
 * @returns settles when the event was told; of calls of one tool in a group, only the newest is told: pages look up the rest
 */
export function publishGrouped(send: (events: ServerEvent[]) => Promise<void>): (event: ServerEvent) => Promise<void> {
  let waiting = new Map<string, ServerEvent>();
  let next: Promise<void> | null = null;
  let underWay: Promise<unknown> = Promise.resolve();
  let count = 0;

  return (event) => {
    count += 1;
    waiting.set(event.kind === "execution" ? `execution ${event.tool ?? ""}` : `${count}`, event);
    next ??= underWay.then(() => {
      const group = [...waiting.values()];
      waiting = new Map();
      next = null;
      const sent = send(group);
      underWay = sent.catch(() => {});
      return sent;
    });
    return next;
  };
}
