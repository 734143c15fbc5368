/**
 * Transactions that are written to without waiting: BEGIN, statements that need no earlier answer, and the end of it
 * travel together. Under load each wait costs milliseconds, whatever the statement does.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { PrismaPg } from "@prisma/adapter-pg";
import type { Pool, PoolClient } from "pg";
import type { Asking, Query } from "./asking.ts";

type Adapter = Awaited<ReturnType<PrismaPg["connect"]>>;
type Transaction = Awaited<ReturnType<Adapter["startTransaction"]>>;

/** One transaction, from its opening to its end. */
export class Course implements Asking {
  #client: PoolClient | null = null;
  #failure: unknown = null;
  /** Whether the server answered at all: until then nothing was done. */
  begun = false;

  open(client: PoolClient): void {
    this.#client = client;
    client.query("BEGIN").then(
      () => {
        this.begun = true;
      },
      () => {},
    );
  }

  #connection(): PoolClient {
    if (this.#client === null) throw new Error("the transaction is not open");
    return this.#client;
  }

  /** Asks in the order of the calls; several may be asked before the first is answered. */
  query: Query = async (sql, values) => (await this.#connection().query(sql, values)).rows;

  /** Sends what nobody waits for; where it fails, the transaction is not committed. */
  send = async (sql: string, values: unknown[]): Promise<void> => {
    this.#connection()
      .query(sql, values)
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  };

  /** @throws what a statement that nobody waited for came to: the server then undoes all, and calls that no error */
  async commit(): Promise<void> {
    const { command } = await this.#connection().query("COMMIT");
    if (command !== "COMMIT") throw this.#failure ?? new Error("a statement of the transaction had failed");
  }
}

const opening = new AsyncLocalStorage<Course>();

/** Runs what opens a transaction, which then goes on as this course. */
export function asCourse<T>(course: Course, work: () => Promise<T>): Promise<T> {
  return opening.run(course, work);
}

/** Prisma's adapter on a pool of pipelining connections. */
export class PipelinedPg extends PrismaPg {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    return Object.assign(adapter, { startTransaction: () => begin(adapter, this.#pool) });
  }
}

async function begin(adapter: Adapter, pool: Pool): Promise<Transaction> {
  const course = opening.getStore() ?? new Course();
  const client = await pool.connect();
  const ignore = (): void => {};
  client.on("error", ignore);
  const release = (broken?: Error): void => {
    client.removeListener("error", ignore);
    client.release(broken);
  };
  course.open(client);
  // The adapter as it is, except that it asks on this connection.
  const here: Adapter = Object.create(adapter, { client: { value: client } });
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    options: { usePhantomQuery: true },
    queryRaw: (query) => here.queryRaw(query),
    executeRaw: (query) => here.executeRaw(query),
    async commit() {
      await course.commit().finally(() => release());
    },
    async rollback() {
      await client.query("ROLLBACK").then(
        () => release(),
        (error: unknown) => release(error instanceof Error ? error : new Error(String(error))),
      );
    },
    async createSavepoint(name) {
      await client.query(`SAVEPOINT ${name}`);
    },
    async rollbackToSavepoint(name) {
      await client.query(`ROLLBACK TO SAVEPOINT ${name}`);
    },
    async releaseSavepoint(name) {
      await client.query(`RELEASE SAVEPOINT ${name}`);
    },
  };
}
