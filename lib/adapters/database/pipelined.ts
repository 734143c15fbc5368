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
export class PipelinedTransaction implements Asking {
  #client: PoolClient | null = null;
  #state: "new" | "begun" | "ended" = "new";
  #failure: unknown = null;
  #beginning: Promise<unknown> = Promise.resolve();
  #answered = false;

  /** Whether it may be carried out anew: the server answered nothing, and so was not asked to commit. */
  get leftNoTrace(): boolean {
    return !this.#answered;
  }

  get isNew(): boolean {
    return this.#state === "new";
  }

  begin(client: PoolClient): void {
    if (this.#state !== "new") throw new Error("the transaction was begun before");
    this.#client = client;
    this.#state = "begun";
    this.#beginning = client.query("BEGIN").then(() => {
      this.#answered = true;
    });
    this.#beginning.catch(() => {});
  }

  /** A statement that came after the end would be carried out on its own, on a connection of somebody else. */
  #connection(): PoolClient {
    if (this.#client === null || this.#state !== "begun") throw new Error("the transaction is over");
    return this.#client;
  }

  #end(): PoolClient {
    const client = this.#connection();
    this.#state = "ended";
    return client;
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
    const client = this.#end();
    // A commit that nobody heard of again may have been carried out: a connection that was dead before gets none.
    await this.#beginning;
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw this.#failure ?? new Error("a statement of the transaction had failed");
  }

  async rollback(): Promise<void> {
    await this.#end().query("ROLLBACK");
  }
}

const opening = new AsyncLocalStorage<PipelinedTransaction>();

/** Runs what opens a transaction of Prisma's, which is then this one. */
export function openedAs<T>(transaction: PipelinedTransaction, work: () => Promise<T>): Promise<T> {
  return opening.run(transaction, work);
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
    return Object.assign(adapter, { startTransaction: () => start(adapter, this.#pool) });
  }
}

async function start(adapter: Adapter, pool: Pool): Promise<Transaction> {
  const wanted = opening.getStore();
  // Prisma wraps some writes of its own: inside the work of a transaction those are others.
  const own = wanted?.isNew ? wanted : new PipelinedTransaction();
  const client = await pool.connect();
  const ignore = (): void => {};
  client.on("error", ignore);
  const release = (broken?: Error): void => {
    client.removeListener("error", ignore);
    client.release(broken);
  };
  own.begin(client);
  // The adapter as it is, except that it asks on this connection.
  const here: Adapter = Object.create(adapter, { client: { value: client } });
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    options: { usePhantomQuery: true },
    queryRaw: (query) => here.queryRaw(query),
    executeRaw: (query) => here.executeRaw(query),
    commit: () => own.commit().finally(() => release()),
    async rollback() {
      await own.rollback().then(
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
