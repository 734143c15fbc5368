import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Git } from "#lib/ports/git.ts";
import { createGit } from "./create-git.ts";

let home: string;
let tools: string;
let git: Git;
const ADA = { name: "Ada", email: "ada@example.org" };

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "whetstone-git-"));
  tools = join(home, "tools");
  await mkdir(tools);
  git = createGit({ toolsFolder: tools, enabled: true });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const run = (...words: string[]): string =>
  execFileSync("git", ["-C", home, "-c", "user.name=Ben", "-c", "user.email=ben@example.org", ...words], {
    encoding: "utf8",
  });
const put = (name: string, source: string): Promise<void> => writeFile(join(tools, `${name}.ts`), source);

describe("without a repository", () => {
  it("is off, and says so", async () => {
    expect(await git.repository()).toBeNull();
    expect(await git.history("a")).toEqual([]);
    expect(await git.head()).toBeNull();
    expect(await git.lastCommit("a")).toBeNull();
    expect(await git.commit("a", { message: "m", author: ADA })).toBeNull();
  });

  it("is off where the repository ignores the folder, or where it is switched off", async () => {
    run("init", "--quiet");
    await put("a", "one\n");
    expect(await git.repository()).not.toBeNull();
    expect(await createGit({ toolsFolder: tools, enabled: false }).repository()).toBeNull();
    await writeFile(join(home, ".gitignore"), "tools/\n");
    expect(await git.repository()).toBeNull();
    expect(await git.commit("a", { message: "m", author: ADA })).toBeNull();
  });
});

describe("in a repository", () => {
  beforeEach(() => {
    run("init", "--quiet");
  });

  it("commits one file with its author, and leaves what else is staged alone", async () => {
    await put("a", "one\n");
    await put("b", "other\n");
    run("add", "tools/b.ts");
    const message = "a: deploy version 2\n\n# not a comment\nApproved-by: Ben\n";
    const id = await git.commit("a", { message, author: { name: "Ada <x>\n", email: "ada@example.org" } });
    expect(run("log", "-1", "--format=%H %an %ae %cn")).toBe(`${id} Ada  x ada@example.org Whetstone\n`);
    expect(run("log", "-1", "--format=%B")).toContain("# not a comment\nApproved-by: Ben");
    expect(run("show", "--name-only", "--format=", "HEAD")).toBe("tools/a.ts\n");
    expect(run("status", "--porcelain")).toBe("A  tools/b.ts\n");
    expect(await git.head()).toBe(id);
    expect(await git.commit("a", { message, author: ADA })).toBeNull();
    await put("a", "two\n");
    expect(await git.lastCommit("a")).toBeNull();
    expect(await git.commit("a", { message: "again", author: ADA })).not.toBeNull();
    expect(await git.lastCommit("a")).toMatchObject({ subject: "again", author: ADA });
  });

  it("tells a file's history through its renames, oldest first", async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join("");
    await put("old", lines);
    run("add", ".");
    run("commit", "--quiet", "-m", "first");
    run("mv", "tools/old.ts", "tools/fresh.ts");
    run("commit", "--quiet", "-m", "renamed");
    await put("fresh", `${lines}more\n`);
    run("commit", "--quiet", "-am", "changed");
    const history = await git.history("fresh");
    expect(history.map(({ subject, name, source }) => [subject, name, source])).toEqual([
      ["first", "old", lines],
      ["renamed", "fresh", lines],
      ["changed", "fresh", `${lines}more\n`],
    ]);
    expect(history[0]?.author).toEqual({ name: "Ben", email: "ben@example.org" });
    expect(await git.history("nobody")).toEqual([]);
  });

  it("refuses with git's own words where it cannot commit", async () => {
    await put("a", "one\n");
    await writeFile(join(home, ".git", "index.lock"), "");
    await expect(git.commit("a", { message: "m", author: ADA })).rejects.toThrow(
      /git did not commit a\.ts: .*index\.lock/,
    );
  });

  it.each(["../x", "-x", "a/b", "", "a\u0000b", "x.d", ":(top)x"])("takes %j for no tool", async (name) => {
    await expect(git.history(name)).rejects.toMatchObject({ code: "invalid_input" });
    await expect(git.commit(name, { message: "m", author: ADA })).rejects.toMatchObject({ code: "invalid_input" });
  });
});
