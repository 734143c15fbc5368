import { execFileSync } from "node:child_process";
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "#lib/core/json.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Files } from "#lib/ports/files.ts";
import { createFiles } from "./create-files.ts";

let home: string;
let tools: string;
let files: Files;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "whetstone-files-"));
  tools = join(home, "tools");
  await mkdir(tools);
  files = createFiles({ toolsFolder: tools, backupsFolder: join(home, "backups") });
});
afterEach(() => rm(home, { recursive: true, force: true }));

describe("list", () => {
  it("reads what follows the naming rule and says why others do not", async () => {
    await writeFile(join(tools, "calculator.ts"), "one");
    await writeFile(join(tools, "README.md"), "not a tool");
    await writeFile(join(tools, "types.d.ts"), "declare const a: 1;");
    await writeFile(join(tools, "calculator.test.ts"), "");
    await writeFile(join(tools, "bad name.ts"), "");
    await writeFile(join(tools, "latin.ts"), Buffer.from([0x61, 0xff, 0x62]));
    await writeFile(join(tools, "huge.ts"), Buffer.alloc(1_048_577, 0x20));
    await mkdir(join(tools, "folder.ts"));
    await writeFile(join(home, "outside.ts"), "secret");
    await symlink(join(home, "outside.ts"), join(tools, "linked.ts"));
    execFileSync("mkfifo", [join(tools, "pipe.ts")]);
    const { tools: found, unusable } = await files.list();
    expect(found).toEqual([{ name: "calculator", source: "one", hash: sha256("one") }]);
    const reasons = new Map(unusable.map(({ file, reason }) => [file, reason]));
    expect([...reasons.keys()].sort()).toEqual([
      "bad name.ts",
      "calculator.test.ts",
      "folder.ts",
      "huge.ts",
      "latin.ts",
      "linked.ts",
      "pipe.ts",
      "types.d.ts",
    ]);
    expect(reasons.get("linked.ts")).toMatch(/symbolic link/);
    expect(reasons.get("latin.ts")).toMatch(/UTF-8/);
    expect(reasons.get("huge.ts")).toMatch(/1048577 bytes/);
    expect(reasons.get("folder.ts")).toMatch(/folder stands in its place/);
    expect(reasons.get("pipe.ts")).toMatch(/regular file/);
  });

  it("takes neither of two files that differ in case only", async () => {
    await writeFile(join(tools, "Adder.ts"), "1");
    await writeFile(join(tools, "adder.ts"), "2");
    const { tools: found, unusable } = await files.list();
    expect(found).toEqual([]);
    expect(unusable.map(({ file }) => file)).toEqual(["Adder.ts", "adder.ts"]);
  });

  it("finds nothing where there is no folder", async () => {
    const none = createFiles({ toolsFolder: join(home, "none"), backupsFolder: join(home, "backups") });
    expect(await none.list()).toEqual({ tools: [], unusable: [] });
    expect(await none.read("calculator")).toBeNull();
  });
});

describe("names", () => {
  it("never lets a name leave the folder", async () => {
    await writeFile(join(home, "outside.ts"), "secret");
    for (const name of [
      "../outside",
      "..",
      ".",
      "/etc/passwd",
      "a/b",
      "a\\b",
      "a\0b",
      "",
      ".hidden",
      "x.test",
      "y.D",
    ]) {
      await expect(files.read(name)).rejects.toMatchObject({ code: "invalid_input" });
      await expect(files.stage(name, "x")).rejects.toMatchObject({ code: "invalid_input" });
      await expect(files.backup(name, new Date(0))).rejects.toMatchObject({ code: "invalid_input" });
    }
    expect(await readdir(tools)).toEqual([]);
  });

  it("refuses any name that the rule does not take, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 12, unit: "grapheme" }), async (name) => {
        const good = ToolName.safeParse(name).success;
        const answer = await files.read(name).then(
          () => true,
          () => false,
        );
        expect(answer).toBe(good);
      }),
      { numRuns: 200 },
    );
  });

  it("does not follow a link, to read or to write", async () => {
    await writeFile(join(home, "outside.ts"), "secret");
    await symlink(join(home, "outside.ts"), join(tools, "linked.ts"));
    await expect(files.read("linked")).rejects.toThrow(/symbolic link/);
    const staged = await files.stage("linked", "new");
    await expect(files.commitStaged("linked", staged.path, null)).rejects.toMatchObject({ code: "conflict" });
    expect(await readFile(join(home, "outside.ts"), "utf8")).toBe("secret");
  });

  it("writes through no link that waits where the staged copy goes", async () => {
    await writeFile(join(home, "outside.ts"), "secret");
    const { path } = await files.stage("calculator", "first");
    await rm(path);
    await symlink(join(home, "outside.ts"), path);
    await files.stage("calculator", "second");
    expect(await readFile(join(home, "outside.ts"), "utf8")).toBe("secret");
    expect((await lstat(path)).isSymbolicLink()).toBe(false);
  });

  it("refuses a tool whose file is spelled otherwise", async () => {
    await writeFile(join(tools, "Adder.ts"), "1");
    await expect(files.read("adder")).rejects.toThrow(/Adder\.ts/);
    const { path } = await files.stage("adder", "2");
    await expect(files.commitStaged("adder", path, null)).rejects.toMatchObject({ code: "conflict" });
    expect(await readdir(tools)).not.toContain("adder.ts");
  });
});

describe("staging and committing", () => {
  it("shows a staged copy to nobody, then replaces the file at once with its rights", async () => {
    await writeFile(join(tools, "calculator.ts"), "old");
    await chmod(join(tools, "calculator.ts"), 0o664);
    const staged = await files.stage("calculator", "new");
    expect(staged.hash).toBe(sha256("new"));
    expect((await files.list()).tools).toEqual([{ name: "calculator", source: "old", hash: sha256("old") }]);
    expect(await files.commitStaged("calculator", staged.path, sha256("old"))).toBe(sha256("new"));
    expect(await readFile(join(tools, "calculator.ts"), "utf8")).toBe("new");
    expect((await stat(join(tools, "calculator.ts"))).mode & 0o777).toBe(0o664);
    expect(await readdir(tools)).toEqual(["calculator.ts"]);
  });

  it("writes over nothing but what was looked at", async () => {
    const path = join(tools, "calculator.ts");
    const commit = async (over: string | null) =>
      files.commitStaged("calculator", (await files.stage("calculator", "new")).path, over);
    // Saved after somebody looked, made where there was none, taken away.
    for (const [held, over] of [
      ["saved", sha256("old")],
      ["saved", null],
      [null, sha256("old")],
    ] as const) {
      await rm(path, { force: true });
      if (held !== null) await writeFile(path, held);
      await expect(commit(over)).rejects.toThrow(/edited meanwhile/);
      expect(await readFile(path, "utf8").catch(() => null)).toBe(held);
    }
    expect(await commit(null)).toBe(sha256("new"));
  });

  it("commits nothing but the tool's own staged copy", async () => {
    await writeFile(join(home, "other"), "planted");
    await expect(files.commitStaged("calculator", join(home, "other"), null)).rejects.toMatchObject({
      code: "conflict",
    });
    const { path } = await files.stage("another", "x");
    await expect(files.commitStaged("calculator", path, null)).rejects.toMatchObject({ code: "conflict" });
    expect(await readdir(tools)).toEqual([".another.ts.staged"]);
  });

  it("discards a staged copy, and does not mind when there is none", async () => {
    await files.stage("calculator", "x");
    await files.discardStaged("calculator");
    await files.discardStaged("calculator");
    expect(await readdir(tools)).toEqual([]);
    await expect(files.commitStaged("calculator", join(tools, ".calculator.ts.staged"), null)).rejects.toThrow(
      /no staged copy/,
    );
  });

  it("keeps every text byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), fc.boolean(), async (text, mark) => {
        const source = mark ? `\ufeff${text}\r\n` : text;
        const before = await files.read("any");
        const staged = await files.stage("any", source);
        const hash = await files.commitStaged("any", staged.path, before?.hash ?? null);
        expect([staged.hash, hash]).toEqual([sha256(source), sha256(source)]);
        expect((await files.read("any"))?.source).toBe(source);
      }),
      { numRuns: 25 },
    );
  });
});

describe("backups", () => {
  it("keeps timestamped copies, newest first, that cp restores", async () => {
    const file = join(tools, "calculator.ts");
    expect(await files.backup("calculator", new Date())).toBeNull();
    const times = ["2026-11-23T09:00:00.001Z", "2026-11-23T10:00:00.000Z", "2026-11-23T10:00:00.000Z"];
    for (const [index, at] of times.entries()) {
      await writeFile(file, `content ${index}`);
      await files.backup("calculator", new Date(at));
    }
    const backups = await files.backups("calculator");
    expect(backups.map(({ source }) => source)).toEqual(["content 2", "content 1", "content 0"]);
    expect(backups[2]?.path).toBe(join(home, "backups", "calculator", "calculator.20261123T090000001Z.ts.bak"));
    expect(backups[2]?.at.toISOString()).toBe(times[0]);
    execFileSync("cp", [backups[2]?.path ?? "", file]);
    expect((await files.read("calculator"))?.source).toBe("content 0");
    expect(await readdir(join(home, "backups", "calculator"))).toHaveLength(3);
  });

  it("is never a tool, even where it is copied into the folder as it is", async () => {
    await writeFile(join(tools, "calculator.ts"), "content");
    const path = (await files.backup("calculator", new Date("2026-11-23T09:00:00.001Z"))) ?? "";
    execFileSync("cp", [path, tools]);
    expect(await readdir(tools)).toContain("calculator.20261123T090000001Z.ts.bak");
    const listed = await files.list();
    expect(listed.tools.map(({ name }) => name)).toEqual(["calculator"]);
  });

  it("knows of no backups where there are none", async () => {
    expect(await files.backups("calculator")).toEqual([]);
  });
});

describe("watch", () => {
  it("calls once for several changes, and not for staged copies", async () => {
    await writeFile(join(tools, "calculator.ts"), "one");
    let calls = 0;
    const heard = () =>
      new Promise<void>((done) => {
        const stop = files.watch(() => {
          calls += 1;
          stop();
          done();
        });
      });
    const first = heard();
    await files.stage("calculator", "two");
    await files.discardStaged("calculator");
    const change = async (): Promise<void> => {
      await writeFile(join(tools, "calculator.ts"), `changed ${Math.random()}`);
      await writeFile(join(tools, "other.ts"), "new");
    };
    // The first look may come after the change: so it changes until it is heard.
    const again = setInterval(() => void change(), 300);
    await change();
    await first;
    clearInterval(again);
    expect(calls).toBe(1);
  });
});
