/**
 * Calls that their clients may take back. The protocol names a call by an id of the client's own, which is unique within its
 * session only; so each client that says hello gets a name for its session, and nothing else is kept of it.
 */
import type { IncomingHttpHeaders } from "node:http";

export const SESSION_HEADER = "mcp-session-id";

export type Cancellations = {
  /** Registers a call until `done` is called; without a session it cannot be taken back. */
  begin(owner: string, headers: IncomingHttpHeaders, id: unknown): { signal: AbortSignal | undefined; done(): void };
  /** Takes back the call that a notification names. Ids of others, and of calls that ended, name nothing. */
  cancel(owner: string, headers: IncomingHttpHeaders, body: unknown): void;
};

const NOTHING = { signal: undefined, done: () => {} };

export function createCancellations(): Cancellations {
  const running = new Map<string, AbortController>();

  function nameOf(owner: string, headers: IncomingHttpHeaders, id: unknown): string | null {
    const session = headers[SESSION_HEADER];
    if (typeof session !== "string" || session === "" || session.length > 200) return null;
    if (typeof id !== "string" && typeof id !== "number") return null;
    return JSON.stringify([owner, session, id]);
  }

  return {
    begin(owner, headers, id) {
      const name = nameOf(owner, headers, id);
      if (name === null) return NOTHING;
      const stop = new AbortController();
      running.set(name, stop);
      return {
        signal: stop.signal,
        done() {
          if (running.get(name) === stop) running.delete(name);
        },
      };
    },
    cancel(owner, headers, body) {
      if (body === null || typeof body !== "object" || !("params" in body)) return;
      const { params } = body;
      if (params === null || typeof params !== "object" || !("requestId" in params)) return;
      const name = nameOf(owner, headers, params.requestId);
      if (name !== null) running.get(name)?.abort();
    },
  };
}
