/** Migrations at every start, in the format of Prisma's own table, without its CLI. */
import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";

const FOLDER = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));
/** Two starts at once migrate one after the other. */
const LOCK = 7_263_941_552;

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };

/** The migrations of a folder in their order. */
export async function readMigrations(folder = FOLDER): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(`${folder}/${name}/migration.sql`, "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/**
 * Brings a database up to date; each migration is one transaction.
 * @returns the names of the migrations that were carried out
 * @throws Error with one line where the database was migrated by other files than these
 */
export async function migrate(options: { url: string; folder?: string }): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const client = new Client({ connectionString: options.url, connectionTimeoutMillis: 15_000 });
  client.on("error", () => {});
  await client.connect().catch((error: unknown) => {
    throw new Error(
      `the database cannot be reached: ${error instanceof Error ? error.message : String(error)}. Check DATABASE_URL.`,
    );
  });
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
      "id" VARCHAR(36) PRIMARY KEY, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
      "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
      "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`);
    const applied = await client.query<{ migration_name: string; checksum: string }>(
      `SELECT migration_name, checksum FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    );
    const done = new Map(applied.rows.map((row) => [row.migration_name, row.checksum]));
    for (const name of done.keys())
      if (!migrations.some((migration) => migration.name === name))
        throw new Error(
          `the database was migrated by a newer Whetstone (${name}): update this one, or use another database.`,
        );
    const carriedOut: string[] = [];
    for (const { name, sql, checksum } of migrations) {
      const known = done.get(name);
      if (known === checksum) continue;
      if (known !== undefined)
        throw new Error(`the migration ${name} was changed after it had been carried out: restore its file.`);
      await client.query("BEGIN");
      try {
        await client.query(sql);
        await client.query(
          `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)`,
          [randomUUID(), checksum, name],
        );
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw new Error(`the migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
      carriedOut.push(name);
    }
    // Partitions of this month and the next two, so that writing never waits for one.
    await client.query("SELECT partitions.ensure_ahead()");
    return carriedOut;
  } finally {
    await client.end();
  }
}
