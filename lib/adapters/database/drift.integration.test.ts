import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { expect, test } from "vitest";
import { createTestDatabase } from "#lib/testing/postgres.ts";

const DRIFT = fileURLToPath(new URL("./drift.ts", import.meta.url));

function check(url: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DRIFT, "check", url], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("a migrated database has no drift, and a planted one is found", async () => {
  const { url, close } = await createTestDatabase();
  expect(check(url)).toMatchObject({ status: 0, stdout: "drift: none\n" });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER TABLE "Tool" DROP COLUMN "loadError"`);
  await client.end();
  const planted = check(url);
  expect(planted.status).toBe(1);
  expect(planted.stderr).toContain('"loadError"');
  await close();
});
