/** A Whetstone of its own for each spec: fresh home, copied tools, free port. */
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export type RunningWhetstone = {
  readonly url: string;
  readonly signInLink: string;
  readonly home: string;
  readonly tools: string;
  readonly key: string;
  /** Kills the program without a goodbye, as a power cut would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts the program as `npm start` does, from the checkout that the spec runs in.
 * @param options.home a folder of an earlier run to start on again; `env` more variables
 */
export async function startWhetstone(
  options: { home?: string; env?: Record<string, string> } = {},
): Promise<RunningWhetstone> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "whetstone-e2e-")));
  const tools = join(home, "tools");
  if (options.home === undefined) await cp(join(root, "tools"), tools, { recursive: true });
  const child: ChildProcess = spawn(process.execPath, ["--no-node-snapshot", join(root, "lib/main/start.ts")], {
    cwd: root,
    env: { ...process.env, PORT: "0", WHETSTONE_HOME: home, WHETSTONE_TOOLS_DIR: tools, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  let output = "";
  const signInLink = await new Promise<string>((resolve, reject) => {
    const hear = (data: Buffer): void => {
      output += data.toString();
      const link = /Sign in:\s+(\S+)/.exec(output)?.[1];
      if (link !== undefined) resolve(link);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("close", () => reject(new Error(`the program ended before it was up:\n${output}`)));
  });
  return {
    url: new URL(signInLink).origin,
    signInLink,
    home,
    tools,
    key: (await readFile(join(home, "admin-key"), "utf8")).trim(),
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
    async stop() {
      child.kill("SIGINT");
      await closed;
      await rm(home, { recursive: true, force: true });
    },
  };
}
