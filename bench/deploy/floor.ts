/** The peer: what any change of version costs that is durable before it counts, with nothing else around it. */
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { quantile } from "#lib/core/statistics.ts";
import type { Ground } from "./replicas.ts";

/** Median of: backup and copy written and flushed, renamed, the folder flushed, two commits: intent and activation. */
export async function measureFloor({ url, home }: Ground, rounds: number): Promise<number> {
  const folder = join(home, "floor");
  await mkdir(folder, { recursive: true });
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE TABLE IF NOT EXISTS bench_floor (step text)");
  const times: number[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    const start = performance.now();
    await client.query("INSERT INTO bench_floor VALUES ('intent')");
    await writeFlushed(join(folder, "tool.bak"));
    await writeFlushed(join(folder, "staged"));
    await rename(join(folder, "staged"), join(folder, "tool.ts"));
    const handle = await open(folder, "r");
    await handle.sync();
    await handle.close();
    await client.query("INSERT INTO bench_floor VALUES ('activation')");
    times.push(performance.now() - start);
  }
  await client.query("DROP TABLE bench_floor");
  await client.end();
  return quantile(times, 0.5);
}

async function writeFlushed(path: string): Promise<void> {
  const file = await open(path, "w");
  await file.writeFile("x".repeat(1_500));
  await file.sync();
  await file.close();
}
