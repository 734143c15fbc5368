/** Runs the git program in a folder; what it answers is data, an exit status other than 0 included. */
import { spawn } from "node:child_process";

export type GitAnswer = { readonly status: number; readonly text: string; readonly error: string };

/** Git on a network mount may hang; nothing here takes long. */
const LIMIT_MS = 20_000;
const LARGEST_ANSWER = 64 * 1_048_576;
const MISSING = 127;

/** Where git is not installed, the answer has the status 127, as shells have it. */
export function runGit(folder: string, words: readonly string[], input = ""): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const child = spawn("git", ["-C", folder, ...words], {
      env: environment(),
      stdio: ["pipe", "pipe", "pipe"],
      timeout: LIMIT_MS,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    let size = 0;
    let error = "";
    child.stdout.on("data", (part: Buffer) => {
      size += part.length;
      if (size > LARGEST_ANSWER) child.kill("SIGKILL");
      else parts.push(part);
    });
    child.stderr.on("data", (part: Buffer) => {
      error = (error + part.toString("utf8")).slice(0, 4_000);
    });
    child.stdin.on("error", () => {});
    child.on("error", ({ message }) => resolve({ status: MISSING, text: "", error: message }));
    child.on("close", (code) =>
      resolve({ status: code ?? MISSING, text: Buffer.concat(parts).toString("utf8"), error }),
    );
    child.stdin.end(input);
  });
}

/** The repository is the folder's own, whatever repository this process was started from; nobody is asked anything. */
function environment(): NodeJS.ProcessEnv {
  const own = { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  const kept = ["GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS"];
  for (const name of Object.keys(own))
    if (name.startsWith("GIT_") && !kept.includes(name)) Reflect.deleteProperty(own, name);
  return own;
}
