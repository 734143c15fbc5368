/** Server-sent events: what changed, so that pages and clients look again. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import type { Database, ServerEvent } from "#lib/ports/database.ts";

const HEARTBEAT_MS = 15_000;
/** A reader that leaves this much unread is let go; it comes back by itself. */
const BACKLOG_BYTES = 1_048_576;

/** Nothing from here on is missed, and what was before may have been: whoever keeps something by events looks again. */
const READY = "event: ready\ndata: {}\n\n";

const KINDS = ["execution", "tool", "opportunity", "proposal", "deployment", "job", "settings", "activity"] as const;
const EventFilter = z.object({ kind: z.array(z.enum(KINDS)), tool: z.string().nullable() });

/** Streams events until either side ends; `?kind=` (several with commas) and `?tool=` narrow them. */
export function streamEvents(
  database: Database,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void {
  const kinds = query.get("kind")?.split(",") ?? [];
  const filter = EventFilter.safeParse({ kind: kinds, tool: query.get("tool") });
  if (!filter.success) throw new Problem("invalid_input", `kind: takes ${KINDS.join(", ")}, several with commas.`);
  const { kind, tool } = filter.data;
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
    () => response.write(READY),
  );
  response.write(`retry: 2000\n${READY}`);
  const heartbeat = setInterval(() => response.write(": still here\n\n"), HEARTBEAT_MS);
  response.on("close", () => {
    stopListening();
    clearInterval(heartbeat);
  });
}
