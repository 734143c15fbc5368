import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFiles } from "./create-files.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "whetstone-backups-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const DAY_MS = 86_400_000;
const NOW = new Date("2026-06-01T12:00:00Z");
const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY_MS);

async function withBackups(days: readonly number[]) {
  const files = createFiles({ toolsFolder: join(home, "tools"), backupsFolder: join(home, "backups") });
  const { path } = await files.stage("tool", "first");
  await files.commitStaged("tool", path, null);
  for (const day of days) {
    await writeFile(join(home, "tools", "tool.ts"), `of ${day} days ago`);
    await files.backup("tool", daysAgo(day));
  }
  return files;
}

describe("old backups", () => {
  it("go where they are older than the policy and not among the newest", async () => {
    const files = await withBackups([90, 60, 31, 29, 1]);
    await files.noteAgreed("tool", ["0".repeat(64)]);
    const gone = await files.pruneBackups("tool", { keep: 3, before: daysAgo(30) });
    expect(gone).toHaveLength(2);
    const kept = await files.backups("tool");
    expect(kept.map(({ source }) => source)).toEqual(["of 1 days ago", "of 29 days ago", "of 31 days ago"]);
    expect(await files.agreed("tool")).toEqual(["0".repeat(64)]);
    expect(await files.pruneBackups("tool", { keep: 3, before: daysAgo(30) })).toEqual([]);
  });

  it("stay where they are young, however many", async () => {
    const files = await withBackups([5, 4, 3, 2, 1]);
    expect(await files.pruneBackups("tool", { keep: 1, before: daysAgo(30) })).toEqual([]);
    expect(await files.pruneBackups("unheard-of", { keep: 1, before: daysAgo(30) })).toEqual([]);
  });

  it("come back by a plain copy, and what else lies there stays", async () => {
    const files = await withBackups([90, 1]);
    const folder = join(home, "backups", "tool");
    await writeFile(join(folder, "note.txt"), "mine");
    const [, oldest] = await files.backups("tool");
    await copyFile(oldest?.path ?? "", join(home, "tools", "tool.ts"));
    expect((await files.read("tool"))?.source).toBe("of 90 days ago");
    expect(await readFile(join(home, "tools", "tool.ts"), "utf8")).toBe(oldest?.source);
    await files.pruneBackups("tool", { keep: 0, before: NOW });
    expect(await readdir(folder)).toEqual(["note.txt"]);
  });
});
