/** Server processes on one PostgreSQL, each with a home and a tools folder of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase, ensureDatabase } from "#lib/adapters/database/create-database.ts";
import { startEmbeddedPostgres } from "#lib/adapters/database/embedded-postgres.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Server } from "./traffic.ts";

export type Fleet = {
  readonly database: Database;
  readonly url: string;
  readonly servers: readonly Server[];
  /** The tools folder of each server. */
  readonly folders: readonly string[];
  close(): Promise<void>;
};

export type Ground = { readonly url: string; readonly home: string; close(): Promise<void> };

/** The server of DATABASE_URL, or an embedded one for this run. */
export async function openGround(): Promise<Ground> {
  const home = await mkdtemp(join(tmpdir(), "whetstone-bench-"));
  await chmod(home, 0o755);
  const given = process.env.DATABASE_URL;
  const postgres = given ? { url: given, stop: async () => {} } : await startEmbeddedPostgres({ home });
  return {
    url: postgres.url,
    home,
    async close() {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Starts so many servers in real mode that all hold one tool. */
export async function startFleet(
  ground: Ground,
  count: number,
  tool: { name: string; source: string },
): Promise<Fleet> {
  const url = await ensureDatabase(ground.url, `whetstone_bench_${count}_${Date.now()}`);
  const children: ChildProcess[] = [];
  const servers: Server[] = [];
  const folders: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const home = join(ground.home, `fleet${count}-${index}`);
    const tools = join(home, "tools");
    await mkdir(tools, { recursive: true });
    await writeFile(join(tools, `${tool.name}.ts`), tool.source);
    folders.push(tools);
    // One after the other: the first takes the file in as version 1.
    const { child, server } = await startReplica(url, home, tools);
    children.push(child);
    servers.push(server);
  }
  const database = await createDatabase({ url, clock: systemClock });
  await database.settings.set({ mode: "real", monitorHours: 24 });
  return {
    database,
    url,
    servers,
    folders,
    async close() {
      await database.close();
      for (const child of children) {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
    },
  };
}

async function startReplica(
  url: string,
  home: string,
  tools: string,
): Promise<{ child: ChildProcess; server: Server }> {
  const script = fileURLToPath(new URL("replica.ts", import.meta.url));
  const child = spawn(process.execPath, ["--no-node-snapshot", script, url, home, tools], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("a server has no output");
  for await (const line of createInterface({ input: child.stdout }))
    return { child, server: JSON.parse(line) as Server };
  throw new Error("a server ended before it served");
}
