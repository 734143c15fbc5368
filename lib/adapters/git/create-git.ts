/** The git program on the repository around the tools folder: asked for facts, and for commits of single files. */
import { basename, resolve } from "node:path";
import { Problem } from "#lib/core/problem.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Git, GitCommit, ToolCommit } from "#lib/ports/git.ts";
import { type GitAnswer, runGit } from "./run-git.ts";

/** Commits of one file that are looked at, newest first. */
const MOST_COMMITS = 500;
const FIELDS = "%H%x1f%an%x1f%ae%x1f%aI%x1f%s";
/** Who carries out what a person or the machine decided. */
const COMMITTER = ["-c", "user.name=Whetstone", "-c", "user.email=whetstone@localhost"];

/**
 * Opens the repository of a folder; whether there is one is asked anew each time.
 * @param options.enabled false keeps out of git altogether
 */
export function createGit(options: { toolsFolder: string; enabled: boolean }): Git {
  const folder = resolve(options.toolsFolder);
  const git = (words: readonly string[], input?: string): Promise<GitAnswer> => runGit(folder, words, input);

  async function repository(): Promise<string | null> {
    if (!options.enabled) return null;
    const top = await git(["rev-parse", "--show-toplevel"]);
    if (top.status !== 0) return null;
    // A folder that the repository leaves out is none of its business.
    const ignored = await git(["check-ignore", "--quiet", folder]);
    return ignored.status === 0 ? null : top.text.trim();
  }

  async function lastCommit(name: string): Promise<GitCommit | null> {
    const path = pathOf(name);
    if ((await repository()) === null || (await changed(path))) return null;
    const { status, text } = await git(["log", "-1", `--format=${FIELDS}`, "--", path]);
    return status === 0 && text.trim() !== "" ? commitOf(text.trim()) : null;
  }

  /** Whether the file differs from what was last committed, or never was. */
  async function changed(path: string): Promise<boolean> {
    const { status, text } = await git(["status", "--porcelain", "--untracked-files=all", "--", path]);
    return status !== 0 || text.trim() !== "";
  }

  return {
    repository,
    lastCommit,
    async head() {
      if ((await repository()) === null) return null;
      const { status, text } = await git(["rev-parse", "--verify", "--quiet", "HEAD"]);
      return status === 0 ? text.trim() : null;
    },
    async history(name) {
      const path = pathOf(name);
      if ((await repository()) === null) return [];
      const log = await git([
        "log",
        "--follow",
        `--max-count=${MOST_COMMITS}`,
        `--format=%x00${FIELDS}`,
        "--name-only",
        "--",
        path,
      ]);
      if (log.status !== 0) return [];
      const found: ToolCommit[] = [];
      for (const entry of log.text.split("\u0000").slice(1)) {
        const [head = "", ...rest] = entry.trim().split("\n");
        const file = rest.at(-1)?.trim() ?? "";
        const commit = commitOf(head);
        if (commit === null || !file.endsWith(".ts")) continue;
        const blob = await git(["cat-file", "blob", `${commit.id}:${unquoted(file)}`]);
        // Gone in that commit.
        if (blob.status === 0) found.push({ ...commit, name: basename(unquoted(file), ".ts"), source: blob.text });
      }
      return found.reverse();
    },
    async commit(name, { message, author }) {
      const path = pathOf(name);
      if ((await repository()) === null || !(await changed(path))) return null;
      const add = await git(["add", "--", path]);
      if (add.status !== 0) throw refused(name, add);
      const made = await git(
        [
          ...COMMITTER,
          ...["-c", "commit.gpgsign=false", "commit", "--only", "--no-verify", "--quiet", "--cleanup=verbatim"],
          ...[`--author=${plain(author.name)} <${plain(author.email)}>`, "--file=-", "--", path],
        ],
        message,
      );
      if (made.status !== 0) throw refused(name, made);
      const head = await git(["rev-parse", "HEAD"]);
      return head.text.trim();
    },
  };
}

/** Beside the other tools: the name's rule leaves no way out, and `./` keeps it from being read as an option. */
function pathOf(name: string): string {
  const parsed = ToolName.safeParse(name);
  if (!parsed.success) throw new Problem("invalid_input", `"${name}" is no tool name.`);
  return `./${parsed.data}.ts`;
}

function commitOf(line: string): GitCommit | null {
  const [id, name, email, at, subject] = line.split("\u001f");
  if (id === undefined || name === undefined || email === undefined || at === undefined) return null;
  return { id, author: { name, email }, at: new Date(at), subject: subject ?? "" };
}

/** Git writes unusual names in quotes; tool names never are, so such a file is another one. */
function unquoted(file: string): string {
  return file.startsWith('"') ? "" : file;
}

function plain(text: string): string {
  return text.replace(/[<>\p{Cc}]/gu, " ").trim() || "unknown";
}

function refused(name: string, { error, status }: GitAnswer): Problem {
  return new Problem(
    "conflict",
    `git did not commit ${name}.ts: ${error.trim().split("\n")[0] || `status ${status}`}.`,
  );
}
