/** The generated client over one pool of connections. */
import { PrismaPg } from "@prisma/adapter-pg";
import { Pool } from "pg";
import { Prisma, PrismaClient } from "./generated/client.ts";

export { Prisma };
/** What repositories write with: the client itself, or a transaction of it. */
export type Writer = Prisma.TransactionClient;

export type Connections = { readonly prisma: PrismaClient; readonly pool: Pool };

/** @param url a PostgreSQL address; `connections` the most that are open at once */
export function connect(url: string, connections = 20): Connections {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 30_000,
  });
  // A server that restarts breaks idle connections: the pool makes new ones, and the process goes on.
  pool.on("error", () => {});
  return {
    pool,
    prisma: new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: { maxWait: 15_000, timeout: 60_000 } }),
  };
}

/** A JSON value as Prisma wants it: its own null is not the database's. */
export function json(value: unknown): Prisma.InputJsonValue {
  return value === null ? (Prisma.JsonNull as unknown as Prisma.InputJsonValue) : (value as Prisma.InputJsonValue);
}

/** An optional JSON value: absent is the database's null. */
export function maybeJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === undefined ? Prisma.DbNull : json(value);
}

/** Whether an error is PostgreSQL's or Prisma's word for a broken unique key. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as { code?: string }).code === "P2002" || (error as { code?: string }).code === "23505";
}
