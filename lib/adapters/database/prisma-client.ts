/** The generated client over one pool of connections. */
import { Pool } from "pg";
import { Prisma, PrismaClient } from "./generated/client.ts";
import { PipelinedPg } from "./pipelined.ts";

export { Prisma };
/** What repositories write with: the client itself, or a transaction of it. */
export type Writer = Prisma.TransactionClient;

/** COPY needs a connection that is not written ahead on: it has a few of its own. */
export type Connections = { readonly prisma: PrismaClient; readonly pool: Pool; readonly copying: Pool };

const COPYING = 4;

/** @param url a PostgreSQL address; `connections` the most that are open at once */
export function connect(url: string, connections = 20): Connections {
  const times = { connectionTimeoutMillis: 15_000, idleTimeoutMillis: 30_000 };
  const pool = new Pool({ connectionString: url, max: connections, pipeline: true, ...times });
  const copying = new Pool({ connectionString: url, max: COPYING, ...times });
  // A server that restarts breaks idle connections: the pool makes new ones, and the process goes on.
  for (const one of [pool, copying]) one.on("error", () => {});
  const prisma = new PrismaClient({
    adapter: new PipelinedPg(pool),
    transactionOptions: { maxWait: 15_000, timeout: 60_000 },
  });
  const careful = prisma.$extends({
    query: { $allModels: { $allOperations: ({ args, query }) => query(storable(args)) } },
  });
  // The extension changes arguments only, so the client keeps its type.
  return { pool, copying, prisma: careful as unknown as PrismaClient };
}

/**
 * A value as PostgreSQL can keep it: its texts and jsonb hold no NUL and no half of a surrogate pair. Both are shown as
 * the replacement character rather than losing the row that they stand in.
 */
export function storable<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("\u0000", "\ufffd").toWellFormed() as T;
  if (Array.isArray(value)) return value.map(storable) as T;
  if (value === null || typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storable(key), storable(member)])) as T;
}

/** The text of a jsonb parameter. */
export function jsonbText(value: unknown): string {
  return JSON.stringify(storable(value));
}

/** Whether a text can be the id of a row; any other names none. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

/** A JSON value as Prisma wants it: its own null is not the database's. */
export function json(value: unknown): Prisma.InputJsonValue {
  return value === null ? (Prisma.JsonNull as unknown as Prisma.InputJsonValue) : (value as Prisma.InputJsonValue);
}

/** An optional JSON value: absent is the database's null. */
export function maybeJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === undefined ? Prisma.DbNull : json(value);
}

/** Whether an error is Prisma's word for a row that is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && (error as { code?: string }).code === "P2025";
}

/** Whether an error is PostgreSQL's or Prisma's word for a broken unique key. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as { code?: string }).code === "P2002" || (error as { code?: string }).code === "23505";
}
