/** How repositories ask in plain SQL: on the pool, or on the connection of a transaction. */
import type { Pool, PoolClient } from "pg";

/** Rows of a statement whose values are numbered parameters. */
export type Query = <Row extends object>(sql: string, values: unknown[]) => Promise<Row[]>;

export type Asking = {
  readonly query: Query;
  /** For statements that answer nothing: inside a transaction their end is not waited for, and their failure undoes it. */
  send(sql: string, values: unknown[]): Promise<void>;
};

export function askingOn(pool: Pool | PoolClient): Asking {
  return {
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    async send(sql, values) {
      await pool.query(sql, values);
    },
  };
}
