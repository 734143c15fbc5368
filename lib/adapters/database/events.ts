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

export type EventListener = { subscribe(listener: (event: ServerEvent) => void): () => void; close(): Promise<void> };

/** One connection that listens, and comes back when the server was away. */
export async function createEventListener(url: string): Promise<EventListener> {
  const listeners = new Set<(event: ServerEvent) => void>();
  let client: Client | null = null;
  let closed = false;
  let retry: NodeJS.Timeout | null = null;

  async function listen(): Promise<void> {
    const fresh = new Client({ connectionString: url, keepAlive: true });
    const comeBack = (): void => {
      if (closed || client !== fresh) return;
      client = null;
      retry = setTimeout(() => void listen().catch(comeBack), 500);
    };
    fresh.on("error", comeBack);
    fresh.on("end", comeBack);
    fresh.on("notification", ({ payload }) => {
      const event = Event.safeParse(JSON.parse(payload ?? "null"));
      if (event.success) for (const listener of listeners) listener(event.data);
    });
    client = fresh;
    await fresh.connect();
    await fresh.query(`LISTEN ${CHANNEL}`);
  }

  await listen();
  return {
    subscribe(listener) {
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
