/** The server process of a data folder: found, started on a port, stopped. */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";

export const USER = "whetstone";
export const DATABASE = "whetstone";
const START_LIMIT_MS = 60_000;

type Identity = { uid: number; gid: number } | undefined;
export type Place = { readonly binaries: string; readonly data: string; readonly identity: Identity };

/** A program of the package. */
export function program(place: Place, name: string): string {
  return join(place.binaries, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

/** Whom the server runs as. */
export function identityOf(place: Place): { uid?: number; gid?: number } {
  return place.identity ?? {};
}

function address(port: number, password: string): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** Port and process of the server that the data folder names, if its file is whole. */
export async function readPidFile(place: Place): Promise<{ pid: number; port: number } | null> {
  const lines = (await readFile(join(place.data, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 && Number.isInteger(port) && port > 0 ? { pid, port } : null;
}

/** The address of the server that runs on the folder already. */
// The file may outlive its server: only an answer on the port, with our password, counts.
export async function findRunning(place: Place, password: string): Promise<string | null> {
  const found = await readPidFile(place);
  if (found === null) return null;
  const url = address(found.port, password);
  return (await answers(url)) ? url : null;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: new URL("postgres", url).href, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts the server, and waits until it answers.
 * @param ownPort the port to be had; without it, a free one
 */
export async function startServer(place: Place, password: string, ownPort?: number): Promise<string> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const port = ownPort ?? (await freePort());
    const url = address(port, password);
    const log: string[] = [];
    const child = spawn(
      program(place, "postgres"),
      [
        "-D",
        place.data,
        "-p",
        String(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        "-c",
        "max_connections=100",
        "-c",
        "shared_buffers=128MB",
        "-c",
        "log_min_messages=fatal",
      ],
      // A group of its own: Ctrl-C in the terminal must not stop it before what uses it.
      {
        ...identityOf(place),
        detached: true,
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, LC_ALL: "C" },
        cwd: "/",
      },
    );
    child.stderr.on("data", (data) => log.push(String(data)));
    let ended = false;
    child.once("exit", () => {
      ended = true;
    });
    child.once("error", (error) => {
      log.push(error.message);
      ended = true;
    });
    while (!ended && Date.now() < deadline) {
      if (await answers(url)) {
        child.stderr.removeAllListeners("data");
        child.stderr.resume();
        child.unref();
        (child.stderr as unknown as { unref(): void }).unref();
        return url;
      }
      await wait(50);
    }
    // Another start may have won, or a killed server's children still hold its memory: look again until the limit.
    const other = await findRunning(place, password);
    if (other !== null) return other;
    if (Date.now() > deadline)
      throw new Error(
        `PostgreSQL did not start in ${place.data}: ${log.join("").trim().split("\n").at(-1) ?? "no reason given"}`,
      );
    await wait(200);
  }
}

/** Stops the server, cutting what is connected. */
export async function stopServer(place: Place): Promise<void> {
  const found = await readPidFile(place);
  if (found === null) return;
  try {
    process.kill(found.pid, "SIGINT");
  } catch {
    return;
  }
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    try {
      process.kill(found.pid, 0);
    } catch {
      return;
    }
    await wait(20);
  }
  process.kill(found.pid, "SIGQUIT");
}
