/** PostgreSQL for integration tests: one server, one migrated template, a clone of it for each test file. */
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase, dropDatabase, ensureDatabase } from "#lib/adapters/database/create-database.ts";
import { startEmbeddedPostgres } from "#lib/adapters/database/embedded-postgres.ts";
import { migrate } from "#lib/adapters/database/migrate.ts";
import type { Database } from "#lib/ports/database.ts";

const SERVER = "WHETSTONE_TEST_SERVER";
const TEMPLATE = "WHETSTONE_TEST_TEMPLATE";

/** Vitest's global set-up: uses the server of DATABASE_URL, or starts one for this run. */
export default async function setUp(_project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL;
  const home = given ? null : await mkdtemp(join(tmpdir(), "whetstone-test-pg-"));
  if (home !== null) await chmod(home, 0o755);
  const server = home === null ? null : await startEmbeddedPostgres({ home });
  const url = given || (server?.url ?? "");
  const template = `whetstone_template_${randomBytes(6).toString("hex")}`;
  await migrate({ url: await ensureDatabase(url, template) });
  process.env[SERVER] = url;
  process.env[TEMPLATE] = template;
  return async () => {
    await dropDatabase(url, template);
    await server?.stop();
    if (home !== null) await rm(home, { recursive: true, force: true });
  };
}

export type TestDatabase = { readonly database: Database; readonly url: string; close(): Promise<void> };

/** A migrated, empty database of the caller's own; `close` drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env[SERVER];
  const template = process.env[TEMPLATE];
  if (server === undefined || template === undefined) throw new Error("run integration tests by npm run integration");
  const name = `whetstone_test_${randomBytes(6).toString("hex")}`;
  const url = await ensureDatabase(server, name, template);
  const database = await createDatabase({ url, clock: systemClock });
  return {
    database,
    url,
    async close() {
      await database.close();
      await dropDatabase(server, name);
    },
  };
}
