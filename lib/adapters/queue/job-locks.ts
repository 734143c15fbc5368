/** Who works on a job holds its lock on a connection: when the process dies, so does the connection, and the lock is free. */
import { Client } from "pg";

export type JobLocks = {
  take(id: string): Promise<boolean>;
  release(id: string): Promise<void>;
  /** Whether nobody holds it, here or in another process. */
  isFree(id: string): Promise<boolean>;
  close(): Promise<void>;
};

const COME_BACK_MS = 250;

const KEY = "hashtextextended($1, 0)";
// Asked of the catalogue: to try the lock would, for a moment, look taken to whoever comes for it.
const IS_FREE = `SELECT NOT EXISTS (
  SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = (${KEY} >> 32) & 4294967295 AND objid::bigint = ${KEY} & 4294967295) AS held`;

/**
 * @param url the database of the jobs
 * @param onLost hears of a job whose lock another process took while the connection was away: stop working on it
 */
export async function createJobLocks(url: string, onLost: (id: string) => void): Promise<JobLocks> {
  const held = new Set<string>();
  let connecting: Promise<Client> | null = null;
  let retry: NodeJS.Timeout | null = null;
  let closed = false;

  function connected(): Promise<Client> {
    if (closed) return Promise.reject(new Error("the queue is closed"));
    if (connecting === null) {
      const fresh = new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 });
      const attempt = connect(fresh);
      connecting = attempt;
      const lost = (): void => {
        if (connecting !== attempt) return;
        connecting = null;
        void fresh.end().catch(() => {});
        // What is held must be held again before anybody else finds it free.
        if (!closed && held.size > 0) retry = setTimeout(() => void connected().catch(() => {}), COME_BACK_MS);
      };
      fresh.on("error", lost);
      fresh.on("end", lost);
      attempt.catch(lost);
    }
    return connecting;
  }

  async function connect(client: Client): Promise<Client> {
    await client.connect();
    for (const id of [...held]) {
      if (await ask(client, `SELECT pg_try_advisory_lock(${KEY}) AS held`, id)) continue;
      held.delete(id);
      onLost(id);
    }
    return client;
  }

  async function ask(client: Client, sql: string, id: string): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>(sql, [`job ${id}`]);
    return rows[0]?.held === true;
  }

  await connected();
  return {
    async take(id) {
      const taken = await ask(await connected(), `SELECT pg_try_advisory_lock(${KEY}) AS held`, id);
      if (taken) held.add(id);
      return taken;
    },
    async release(id) {
      if (!held.delete(id)) return;
      await ask(await connected(), `SELECT pg_advisory_unlock(${KEY}) AS held`, id).catch(() => {});
    },
    isFree: async (id) => ask(await connected(), IS_FREE, id),
    async close() {
      const open = connecting;
      closed = true;
      if (retry !== null) clearTimeout(retry);
      await open?.then((client) => client.end()).catch(() => {});
    },
  };
}
