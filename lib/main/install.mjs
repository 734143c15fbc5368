// Sets up the dependencies on a bare machine. Runs on the machine's own Node (20 or later), so: no imports but Node's.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const stamp = join(root, "node_modules", ".whetstone-installed");
const lock = join(root, "node_modules", ".whetstone-installing");

/** Ends the program with one line that says what was wrong and what to do. */
export function stop(line, status = 1) {
  process.stderr.write(`whetstone: ${line}\n`);
  process.exit(status);
}

/** The Node binary that the project pins, or null while dependencies are missing. */
export function pinnedNode() {
  const path = join(root, "node_modules", ".bin", process.platform === "win32" ? "node.exe" : "node");
  return existsSync(path) ? path : null;
}

function wanted() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["package.json", "package-lock.json"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** Whether node_modules holds what the lock file asks for on this platform. */
export function isInstalled() {
  return pinnedNode() !== null && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted();
}

/**
 * Installs what is missing from the lock file. `npm install --no-save` rather than `npm ci`: the lock file cannot list
 * the optional binaries of platforms that the registry does not show, and `npm ci` refuses such a lock file.
 */
export async function ensureInstalled() {
  const [major] = process.versions.node.split(".");
  if (Number(major) < 20) stop(`Node ${process.versions.node} is too old: install Node 20 or later.`);
  if (isInstalled()) return;
  try {
    mkdirSync(join(root, "node_modules"), { recursive: true });
    accessSync(join(root, "node_modules"), constants.W_OK);
  } catch {
    stop(`cannot write to ${root}: make the folder yours (chown) or clone it where you may write.`);
  }
  await waitForOther();
  if (isInstalled()) return;
  writeFileSync(lock, String(process.pid));
  process.on("exit", () => rmSync(lock, { force: true }));
  const started = Date.now();
  process.stderr.write("  …  Dependencies: installing from the npm registry (about a minute the first time)\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  if (spawnSync(npm, ["--version"], { shell: process.platform === "win32" }).status !== 0)
    stop("npm was not found: install Node 20 or later together with npm.");
  const { code, text } = await new Promise((resolve) => {
    const child = spawn(
      npm,
      [
        "install",
        "--no-save",
        "--ignore-scripts",
        "--include=dev",
        "--include=optional",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
      ],
      { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" },
    );
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    // An npm that goes on alone would write into what the next command installs.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
      process.once(signal, () => {
        child.kill("SIGTERM");
        child.once("close", () => stop("the installation was stopped; the next command begins it again.", 130));
      });
    child.on("error", (error) => resolve({ code: 1, text: String(error) }));
    child.on("close", (status) => resolve({ code: status ?? 1, text: output }));
  });
  if (code !== 0) {
    process.stderr.write(text.replace(/^/gm, "     "));
    stop(
      "the dependencies could not be installed: check that the npm registry can be reached, then run the command again.",
    );
  }
  if (pinnedNode() === null)
    stop(
      `no Node binary is published for ${process.platform} ${process.arch}: Linux, macOS and Windows on x64 or arm64 Linux/macOS work.`,
    );
  linkCommand();
  writeFileSync(stamp, wanted());
  process.stderr.write(`  ✓  Dependencies installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

/** Two installations into one folder spoil each other: the second waits for the first. */
async function waitForOther() {
  let told = false;
  for (;;) {
    const pid = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
    if (!isAlive(pid)) return;
    if (!told) process.stderr.write(`  …  Dependencies: process ${pid} installs them already, waiting for it\n`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

// npm links the commands of dependencies but not the project's own: `npx whetstone` should need no download.
function linkCommand() {
  const link = join(root, "node_modules", ".bin", "whetstone");
  rmSync(link, { force: true });
  if (process.platform !== "win32") symlinkSync("../../lib/doors/cli/whetstone.mjs", link);
}

/**
 * Runs a TypeScript file of the project on the pinned Node and ends with its exit status. Signals are passed on; the
 * IPC channel tells the child when this process is gone, so that nothing is left behind.
 */
export async function runPinned(file, args = []) {
  const node = pinnedNode();
  const path = `${join(root, "node_modules", ".bin")}${process.platform === "win32" ? ";" : ":"}${process.env.PATH ?? ""}`;
  const child = spawn(
    node,
    ["--no-node-snapshot", "--disable-warning=ExperimentalWarning", join(root, file), ...args],
    {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      // Code is compiled once, not in each of the processes that a start or the tests begin.
      env: { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled"), ...process.env, PATH: path },
    },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const status = await new Promise((resolve) => {
    child.on("error", (error) => stop(`the pinned Node could not be started: ${error.message}`));
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
  process.exit(status);
}
