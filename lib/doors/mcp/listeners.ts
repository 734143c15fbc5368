/** Clients of the earlier protocol versions that listen: a stream each, by GET, on which they hear that the tools changed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Problem } from "#lib/core/problem.ts";
import { HttpRefusal, PLAIN_HEADERS } from "../http/problem-response.ts";

/** Streams that are open at once, over all clients. */
const MOST = 1_000;
/** Proxies close a connection that says nothing. */
const ALIVE_MS = 20_000;
const CHANGED = `event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", method: "notifications/tools/list_changed" })}\n\n`;

export type Listeners = {
  /**
   * Keeps the response open until the client leaves.
   * @throws Problem too_many, HttpRefusal where the client takes no stream
   */
  open(request: IncomingMessage, response: ServerResponse): void;
  toolsChanged(): void;
};

export function createListeners(): Listeners {
  const open = new Set<ServerResponse>();
  return {
    open(request, response) {
      if (request.headers.accept?.includes("text/event-stream") !== true)
        throw new HttpRefusal(406, "A GET of /mcp opens a stream: send Accept: text/event-stream.");
      if (open.size >= MOST)
        throw new Problem("too_many", `${open.size} clients listen already: try again later.`, {
          retryAfterSeconds: 30,
        });
      response.writeHead(200, { ...PLAIN_HEADERS, "content-type": "text/event-stream", "x-accel-buffering": "no" });
      response.flushHeaders();
      open.add(response);
      const alive = setInterval(() => response.write(": here\n\n"), ALIVE_MS);
      alive.unref();
      response.on("close", () => {
        clearInterval(alive);
        open.delete(response);
      });
    },
    toolsChanged() {
      for (const response of open) response.write(CHANGED);
    },
  };
}
