import { Client } from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "#lib/testing/postgres.ts";
import { findDrift } from "./drift.ts";

test("a migrated database has no drift, and a planted one is found", async () => {
  const { url, close } = await createTestDatabase();
  expect(await findDrift(url)).toEqual([]);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER TABLE "Tool" DROP COLUMN "loadError"`);
  await client.end();
  const drift = await findDrift(url);
  expect(drift.join("\n")).toContain('"loadError"');
  await close();
});
