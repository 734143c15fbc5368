/** Group commit with no timer: what arrives while a write is under way, or in the turns before it begins, goes into one. */
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { Execution } from "#lib/core/execution.ts";
import { copyAtOnce } from "./copy-at-once.ts";
import { type Bodies, keepBodies } from "./effect-bodies.ts";
import { COLUMN_LIST, COLUMN_TYPES, COLUMNS, rowOf, valuesOf } from "./execution-rows.ts";

export type ExecutionWriter = {
  /** Settles when the execution is durable. */
  write(execution: Execution): Promise<void>;
  /** Writes what is waiting, then ends; what comes later is refused. */
  close(): Promise<void>;
};

type Waiting = {
  readonly execution: Execution;
  /** The row as COPY takes it. */
  readonly line: string;
  /** Long bodies of its effects, which are not in the row. */
  readonly bodies: Bodies;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

const LARGEST_GROUP = 500;
/** Characters in one statement: a few large calls must not become one that the server refuses. */
const LARGEST_STATEMENT = 16_000_000;
/** A group goes when so many turns of the event loop brought no further row. */
const QUIET_TURNS = 2;
/** Under load every turn may bring one. */
const LONGEST_GATHERING_MS = 2;
/** How long a lost server is waited for before calls are refused. */
const PATIENCE_MS = 20_000;
/** A write that takes longer has lost its connection without a word. */
const SILENCE_MS = 15_000;

const copy = copyAtOnce(`COPY "Execution" (${COLUMN_LIST}) FROM STDIN`);

/** For rows that may be there already: slower, and skips them. */
const INSERT = `INSERT INTO "Execution" (${COLUMN_LIST})
SELECT ${COLUMNS.map((column) => (column === "status" ? `"status"::"Outcome"` : `"${column}"`)).join(", ")}
FROM unnest(${COLUMNS.map((column, index) => `$${index + 1}::${COLUMN_TYPES[column]}[]`).join(", ")}) AS row (${COLUMN_LIST})
ON CONFLICT ("startedAt", "id") DO NOTHING`;

function stateOf(error: unknown): string | null {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** A broken row must not take its neighbours down: PostgreSQL's classes 22 and 23 are about the data. */
function isAboutData(error: unknown): boolean {
  return /^(22|23)/.test(stateOf(error) ?? "");
}

/** Whether the same statement may pass later: the connection went, or the server starts, stops or is full. */
function mayPass(error: unknown): boolean {
  const state = stateOf(error);
  return state === null || /^(08|53|57|58|40|25006)/.test(state);
}

/** @param url the database; one connection is kept for writing */
export function createExecutionWriter(url: string): ExecutionWriter {
  const waiting: Waiting[] = [];
  let flushing: Promise<void> | null = null;
  /** Rows of the group before. */
  let lastGroup = 0;
  let client: Client | null = null;
  let closed = false;

  async function connected(): Promise<Client> {
    if (client !== null) return client;
    const fresh = new Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      query_timeout: SILENCE_MS,
      keepAlive: true,
    });
    const forget = (): void => {
      if (client === fresh) client = null;
    };
    fresh.on("error", forget);
    fresh.on("end", forget);
    await fresh.connect();
    client = fresh;
    return fresh;
  }

  async function copyIn(group: Waiting[]): Promise<void> {
    let rows = "";
    let held = 0;
    for (const { line, bodies } of group) {
      rows += line;
      held += bodies.size;
    }
    const writing = client ?? (await connected());
    if (held > 0) await keepBodies(writing, heldBy(group));
    await copy(writing, rows);
  }

  async function insert(group: Waiting[]): Promise<void> {
    await keepBodies(await connected(), heldBy(group));
    const rows = group.map(({ execution, bodies }) => valuesOf(execution, bodies));
    const columns = COLUMNS.map((_, index) => rows.map((row) => row[index]));
    await (await connected()).query({ name: "record", text: INSERT, values: columns });
  }

  const heldBy = (group: Waiting[]) => group.map(({ execution, bodies }) => ({ tool: execution.tool, bodies }));

  // The same ids are sent again after a broken connection: what was already stored is skipped.
  async function insertPatiently(group: Waiting[], write: typeof copyIn): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    let attempt = write;
    for (let pause = 20; ; pause = Math.min(pause * 2, 1_000)) {
      try {
        return await attempt(group);
      } catch (error) {
        if (!mayPass(error) || Date.now() > deadline || (closed && pause > 500)) throw error;
        attempt = insert;
        const lost = client;
        client = null;
        void lost?.end().catch(() => {});
        await wait(pause);
      }
    }
  }

  function takeGroup(): Waiting[] {
    let size = 0;
    let count = 0;
    while (count < Math.min(waiting.length, LARGEST_GROUP)) {
      const next = waiting[count] as Waiting;
      size += next.line.length;
      for (const body of next.bodies.values()) size += body.length;
      if (count > 0 && size > LARGEST_STATEMENT) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  /**
   * Whoever the last group answered asks again at once: gone with the first of them, the others would wait for a commit of
   * one row. Null where calls come one by one, which wait for nobody.
   */
  function gathered(): Promise<void> | null {
    if (lastGroup <= 1 && waiting.length <= 1) return null;
    const since = performance.now();
    let seen = waiting.length;
    let quiet = 0;
    return new Promise((resolve) => {
      const look = (): void => {
        quiet = waiting.length === seen ? quiet + 1 : 0;
        seen = waiting.length;
        const over = quiet >= QUIET_TURNS || seen >= LARGEST_GROUP || performance.now() - since > LONGEST_GATHERING_MS;
        if (over) resolve();
        else setImmediate(look);
      };
      setImmediate(look);
    });
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const more = gathered();
      if (more !== null) await more;
      const group = takeGroup();
      lastGroup = group.length;
      try {
        await insertPatiently(group, copyIn);
        for (const { resolve } of group) resolve();
      } catch (error) {
        if (!isAboutData(error)) for (const { reject } of group) reject(error);
        else for (const one of group) await insertPatiently([one], insert).then(one.resolve, one.reject);
      }
    }
    flushing = null;
  }

  return {
    write(execution) {
      return new Promise((resolve, reject) => {
        if (closed) throw new Error("the database is closed");
        // A call that is no row is refused here, before it can hold up the others.
        const bodies: Bodies = new Map();
        waiting.push({ execution, line: rowOf(execution, bodies), bodies, resolve, reject });
        flushing ??= flush();
      });
    },
    async close() {
      closed = true;
      while (flushing !== null) await flushing;
      await client?.end().catch(() => {});
    },
  };
}
