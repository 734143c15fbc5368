/** Server-sent events: what changed, so that pages and clients look again. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Database, ServerEvent } from "#lib/ports/database.ts";

const HEARTBEAT_MS = 15_000;
/** A reader that leaves this much unread is let go; it comes back by itself. */
const BACKLOG_BYTES = 1_048_576;

/** Nothing from here on is missed. `missed` says that something before may have been: look again. */
const ready = (missed: boolean): string => `event: ready\ndata: ${JSON.stringify({ missed })}\n\n`;

const KINDS = ["execution", "tool", "opportunity", "proposal", "deployment", "job", "settings", "activity"] as const;
const EventFilter = z.object({
  kind: z.array(z.enum(KINDS)),
  tool: z.string().nullable(),
  since: z.coerce.number().int().nullable(),
});

/** When this process began to listen on a database, and when it last heard something; milliseconds since the epoch. */
const heard = new WeakMap<Database, { since: number; last: number }>();

function hearingOf(database: Database): { readonly since: number; readonly last: number } {
  const known = heard.get(database);
  if (known !== undefined) return known;
  const hearing = { since: Date.now(), last: 0 };
  heard.set(database, hearing);
  const note = (): void => {
    hearing.last = Date.now();
  };
  database.subscribe(note, note);
  return hearing;
}

/**
 * Streams events until either side ends; `?kind=` (several with commas) and `?tool=` narrow them. `?since=`, milliseconds
 * since the epoch by this server's clock, has the first event say whether anything happened from then on.
 */
export function streamEvents(
  database: Database,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void {
  const kinds = query.get("kind")?.split(",") ?? [];
  const filter = EventFilter.safeParse({ kind: kinds, tool: query.get("tool"), since: query.get("since") });
  if (!filter.success)
    throw new Problem(
      "invalid_input",
      filter.error.issues[0]?.path[0] === "since"
        ? "since: takes a whole number of milliseconds since the epoch."
        : `kind: takes ${KINDS.join(", ")}, several with commas.`,
    );
  const { kind, tool, since } = filter.data;
  const hearing = hearingOf(database);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  const stopListening = database.subscribe(
    (event: ServerEvent) => {
      if (kind.length > 0 && !kind.includes(event.kind)) return;
      if (tool !== null && event.tool !== tool) return;
      if (response.writableLength > BACKLOG_BYTES) response.destroy();
      else response.write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
    },
    () => response.write(ready(true)),
  );
  const missed = since === null || since < hearing.since || since <= hearing.last;
  response.write(`retry: 2000\n${ready(missed)}`);
  const heartbeat = setInterval(() => response.write(": still here\n\n"), HEARTBEAT_MS);
  response.on("close", () => {
    stopListening();
    clearInterval(heartbeat);
  });
}
