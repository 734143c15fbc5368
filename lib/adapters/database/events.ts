/** Events by LISTEN and NOTIFY: every process on the database hears what any of them published. */
import { Client } from "pg";
import { z } from "zod";
import type { ServerEvent } from "#lib/ports/database.ts";

export const CHANNEL = "whetstone";

const Event = z.object({
  kind: z.enum(["execution", "tool", "opportunity", "proposal", "deployment", "job", "settings", "activity"]),
  id: z.string(),
  tool: z.string().optional(),
});

const COME_BACK_MS = 500;

/** A connection that died without a word is found out by asking it something. */
const HEARTBEAT_MS = 10_000;
const SILENCE_MS = 5_000;

export type EventListener = {
  /** `onGap` is called after the connection was lost and is back: events in between were not heard. */
  subscribe(listener: (event: ServerEvent) => void, onGap?: () => void): () => void;
  close(): Promise<void>;
};

// Anybody on the database may notify: what is no event of ours is passed over.
function read(payload: string | undefined): ServerEvent | null {
  try {
    return Event.parse(JSON.parse(payload ?? "null"));
  } catch {
    return null;
  }
}

/** One connection that listens, and comes back when the server was away. */
export async function createEventListener(url: string): Promise<EventListener> {
  const listeners = new Set<{ hear(event: ServerEvent): void; onGap(): void }>();
  let client: Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | null = null;

  function tell(what: ServerEvent | "gap"): void {
    for (const listener of listeners) {
      try {
        if (what === "gap") listener.onGap();
        else listener.hear(what);
      } catch (error) {
        process.stderr.write(`whetstone: an event was not followed: ${String(error)}\n`);
      }
    }
  }

  async function listen(afterLoss: boolean): Promise<void> {
    const fresh = new Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
      query_timeout: SILENCE_MS,
    });
    client = fresh;
    const lost = (): void => {
      if (client !== fresh) return;
      client = null;
      void fresh.end().catch(() => {});
      if (!closed) retry = setTimeout(() => void listen(true).catch(() => {}), COME_BACK_MS);
    };
    fresh.on("error", lost);
    fresh.on("end", lost);
    fresh.on("notification", ({ payload }) => {
      const event = read(payload);
      if (event !== null) tell(event);
    });
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      lost();
      throw error;
    }
    if (afterLoss) tell("gap");
    beat(fresh, lost);
  }

  /** Asks while the connection is the one in use; the timer holds no process up. */
  function beat(fresh: Client, lost: () => void): void {
    const timer = setInterval(() => {
      if (client !== fresh) clearInterval(timer);
      else fresh.query("SELECT 1").catch(lost);
    }, HEARTBEAT_MS);
    timer.unref();
  }

  try {
    await listen(false);
  } catch (error) {
    closed = true;
    if (retry !== null) clearTimeout(retry);
    throw error;
  }
  return {
    subscribe(hear, onGap = () => {}) {
      const listener = { hear, onGap };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      listeners.clear();
      await client?.end().catch(() => {});
    },
  };
}
