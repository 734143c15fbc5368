/** How a worker is started: its files made ready without types, and a jail around it where the machine has one. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire, stripTypeScriptTypes } from "node:module";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { seccompFilter } from "./seccomp.ts";

const MODULES = [
  "worker.ts",
  "short-calls.ts",
  "long-calls.ts",
  "isolate.ts",
  "messages.ts",
  "short.ts",
  "trim-stack.ts",
];
const GUEST_PARTS = ["realm.js", "values.js", "effects.js", "guest.js"];
const DATA_BYTES = 384 * 2 ** 20;
// Time zone and language are the same on every machine, and no variable of the host is there to be read.
const VARIABLES = { NODE_ENV: "production" as const, TZ: "UTC", LC_ALL: "en_US.UTF-8", LANG: "en_US.UTF-8" };

export type Launcher = {
  readonly jailed: boolean;
  /** What holds the workers, or why nothing does. */
  readonly detail: string;
  launch(): ChildProcess;
  close(): void;
};

const PREFIX = "whetstone-worker-";
/** Names the process that a folder is for, and its machine: containers may share a temporary folder. */
const OWNER = "owner";
/** A folder without an owner is being made, or comes from a version that named none. */
const UNOWNED_MS = 24 * 3_600_000;

/**
 * Removes what processes left behind that were killed without a farewell.
 * @param parent the folder for temporary files
 */
export function sweepFolders(parent = tmpdir()): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    // Another start may sweep at this moment, and a folder of another user's is not ours to remove.
    try {
      if (isLeft(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {}
  }
}

function isLeft(folder: string): boolean {
  const file = join(folder, OWNER);
  if (!existsSync(file)) return Date.now() - statSync(folder).mtimeMs > UNOWNED_MS;
  const [pid, host] = readFileSync(file, "utf8").split(" ");
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Prepares the workers' files and looks for bubblewrap.
 * @param options.jail false: no jail, even where there could be one
 * @param options.jitless no machine code is generated, which is what makes a limit on memory possible
 */
export function createLauncher({ jail, jitless }: { jail: boolean; jitless: boolean }): Launcher {
  sweepFolders();
  // A worker without a JIT has no WebAssembly either, with which Node would strip types: it is done here.
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(folder, OWNER), `${process.pid} ${hostname()}`);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  const here = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");
  for (const file of MODULES) {
    const text = stripTypeScriptTypes(here(file)).replace(/(from "\.\/[a-z-]+)\.ts"/g, '$1.js"');
    writeFileSync(join(folder, file.replace(/ts$/, "js")), text);
  }
  for (const file of GUEST_PARTS) writeFileSync(join(folder, file), here(file));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const packages = dirname(dirname(createRequire(import.meta.url).resolve("isolated-vm/package.json")));
  symlinkSync(packages, join(folder, "node_modules"), "junction");
  const filter = seccompFilter(process.platform, process.arch);
  const filterFile = join(folder, "seccomp");
  if (filter !== null) writeFileSync(filterFile, filter);

  // Two cores are for guests: a second thread that collects garbage takes from them what it gives.
  // What guests make is short-lived: half a megabyte, which isolates get by themselves, is full after two frames of calls.
  const young = ["--min-semi-space-size=2", "--max-semi-space-size=2"];
  const nodeFlags = ["--no-node-snapshot", "--single-threaded-gc", ...young, ...(jitless ? ["--jitless"] : [])];
  const limits = ["--fsize=0", "--core=0", "--nofile=64", ...(jitless ? [`--data=${DATA_BYTES}`] : [])];
  const walls = [
    ...["--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534", "--hostname", "jail"],
    ...["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"],
    ...Object.entries(VARIABLES).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["/lib", "/lib64", "/usr/lib", "/usr/lib64"].flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--ro-bind", process.execPath, "/node", "--ro-bind", folder, "/worker", "--dev", "/dev"],
    ...["isolated-vm", "node-gyp-build"].flatMap((name) => [
      "--ro-bind",
      join(packages, name),
      `/node_modules/${name}`,
    ]),
    ...["--remount-ro", "/", "--chdir", "/"],
    ...(filter === null ? [] : ["--seccomp", "4"]),
  ];
  const inJail = (program: readonly string[]): string[] => [...limits, "bwrap", ...walls, "--", ...program];
  const withFilter = <Result>(use: (descriptor: number | "ignore") => Result): Result => {
    if (filter === null) return use("ignore");
    const descriptor = openSync(filterFile, "r");
    try {
      return use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };

  /** Why there is no jail; null where one was entered and an isolate was made in it. */
  function refusal(): string | null {
    if (!jail) return "switched off";
    if (process.platform !== "linux") return "bubblewrap is for Linux only";
    const places = (process.env.PATH ?? "").split(":");
    for (const [program, source] of [
      ["bwrap", "bubblewrap"],
      ["prlimit", "util-linux"],
    ] as const)
      if (!places.some((place) => existsSync(join(place, program)))) return `install ${source} to have it jailed`;
    const probe = "new (require('/node_modules/isolated-vm').Isolate)({ memoryLimit: 8 }).dispose()";
    const { status, stderr } = withFilter((descriptor) =>
      spawnSync("prlimit", inJail(["/node", ...nodeFlags, "-e", probe]), {
        stdio: ["ignore", "ignore", "pipe", "ignore", descriptor],
        encoding: "utf8",
        timeout: 10_000,
      }),
    );
    return status === 0 ? null : `bubblewrap is refused here: ${stderr?.trim().split("\n")[0] || "it does not answer"}`;
  }
  const refused = refusal();
  const mode = jitless ? "without JIT" : "with JIT";
  return {
    jailed: refused === null,
    detail:
      refused === null
        ? `jailed by bubblewrap${filter === null ? "" : " and seccomp"}, ${mode}`
        : `not jailed (${refused}), ${mode}`,
    launch() {
      if (refused !== null)
        return spawn(process.execPath, [...nodeFlags, join(folder, "worker.js")], {
          stdio: ["ignore", "ignore", "ignore", "pipe"],
          env: VARIABLES,
          cwd: "/",
        });
      return withFilter((descriptor) =>
        spawn("prlimit", inJail(["/node", ...nodeFlags, "/worker/worker.js"]), {
          stdio: ["ignore", "ignore", "ignore", "pipe", descriptor],
          env: { NODE_ENV: "production", PATH: process.env.PATH ?? "" },
        }),
      );
    },
    close() {
      process.off("exit", remove);
      remove();
    },
  };
}
