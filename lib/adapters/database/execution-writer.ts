/** Group commit with no timer: what arrives while a write is under way goes into the next one. */
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { Execution } from "#lib/core/execution.ts";
import { COLUMN_LIST, COLUMN_TYPES, COLUMNS, valuesOf } from "./execution-rows.ts";

export type ExecutionWriter = {
  /** Settles when the execution is durable. */
  write(execution: Execution): Promise<void>;
  close(): Promise<void>;
};

type Waiting = { execution: Execution; resolve: () => void; reject: (error: unknown) => void };

const LARGEST_GROUP = 500;
/** How long a lost server is waited for before calls are refused. */
const PATIENCE_MS = 20_000;

const INSERT = `INSERT INTO "Execution" (${COLUMN_LIST})
SELECT ${COLUMNS.map((column) => (column === "status" ? `"status"::"Outcome"` : `"${column}"`)).join(", ")}
FROM unnest(${COLUMNS.map((column, index) => `$${index + 1}::${COLUMN_TYPES[column]}[]`).join(", ")}) AS row (${COLUMN_LIST})
ON CONFLICT ("startedAt", "id") DO NOTHING`;

/** A broken row must not take its neighbours down: PostgreSQL's classes 22 and 23 are about the data. */
function isAboutData(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^(22|23)/.test(code);
}

export function createExecutionWriter(url: string): ExecutionWriter {
  const waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  let client: Client | null = null;
  let closed = false;

  async function connected(): Promise<Client> {
    if (client !== null) return client;
    const fresh = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    fresh.on("error", () => {
      if (client === fresh) client = null;
    });
    await fresh.connect();
    client = fresh;
    return fresh;
  }

  async function insert(group: Waiting[]): Promise<void> {
    const rows = group.map(({ execution }) => valuesOf(execution));
    const columns = COLUMNS.map((_, index) => rows.map((row) => row[index]));
    await (await connected()).query({ name: "record", text: INSERT, values: columns });
  }

  // The same ids are sent again after a broken connection: what was already stored is skipped.
  async function insertPatiently(group: Waiting[]): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let pause = 20; ; pause = Math.min(pause * 2, 1_000)) {
      try {
        return await insert(group);
      } catch (error) {
        if (isAboutData(error) || Date.now() > deadline || closed) throw error;
        await client?.end().catch(() => {});
        client = null;
        await wait(pause);
      }
    }
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0, LARGEST_GROUP);
      try {
        await insertPatiently(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        if (group.length === 1 || !isAboutData(error)) for (const { reject } of group) reject(error);
        else for (const one of group) await insertPatiently([one]).then(one.resolve, one.reject);
      }
    }
    flushing = null;
  }

  return {
    write(execution) {
      return new Promise((resolve, reject) => {
        waiting.push({ execution, resolve, reject });
        flushing ??= flush();
      });
    },
    async close() {
      while (flushing !== null) await flushing;
      closed = true;
      await client?.end().catch(() => {});
    },
  };
}
