/** Who works on a job holds its lock on a connection: when the process dies, so does the connection, and the lock is free. */
import { Client } from "pg";

export type JobLocks = {
  take(id: string): Promise<boolean>;
  release(id: string): Promise<void>;
  /** Whether nobody holds it. */
  isFree(id: string): Promise<boolean>;
  close(): Promise<void>;
};

export async function createJobLocks(url: string): Promise<JobLocks> {
  let client: Client | null = null;

  async function connected(): Promise<Client> {
    if (client !== null) return client;
    const fresh = new Client({ connectionString: url });
    fresh.on("error", () => {
      if (client === fresh) client = null;
    });
    await fresh.connect();
    client = fresh;
    return fresh;
  }

  async function ask(sql: string, id: string): Promise<boolean> {
    const { rows } = await (await connected()).query<{ held: boolean }>(sql, [`job ${id}`]);
    return rows[0]?.held === true;
  }

  const take = (id: string) => ask("SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held", id);
  const free = (id: string) => ask("SELECT pg_advisory_unlock(hashtextextended($1, 0)) AS held", id);
  await connected();
  return {
    take,
    async release(id) {
      await free(id).catch(() => {});
    },
    async isFree(id) {
      if (!(await take(id))) return false;
      await free(id);
      return true;
    },
    async close() {
      await client?.end().catch(() => {});
    },
  };
}
