import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureHome, ensureToolsFolder, toolsInWords } from "./ensure-folders.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "whetstone-folders-"));
  writeFileSync(join(root, "file"), "");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("ensureToolsFolder", () => {
  it("makes one that is not there, with its parents, and says that it did", async () => {
    const folder = join(root, "deep", "tools");
    expect(await ensureToolsFolder(folder)).toEqual({ folder, made: true });
    expect(statSync(folder).isDirectory()).toBe(true);
    expect(await ensureToolsFolder(folder)).toEqual({ folder, made: false });
  });

  it.each(["file", "file/tools"])("names the variable in one line for %s", async (path) => {
    const folder = join(root, path);
    await expect(ensureToolsFolder(folder)).rejects.toThrow(
      /^WHETSTONE_TOOLS_DIR is "[^"\n]+", but takes the folder that holds the tool files: [^\n]+\.$/,
    );
  });
});

describe("ensureHome", () => {
  it("names the variable where a file stands in its place, and makes what is missing", async () => {
    await expect(ensureHome(join(root, "file"))).rejects.toThrow(/WHETSTONE_HOME/);
    await ensureHome(join(root, "home", "of"));
    mkdirSync(join(root, "home", "of", "mine"));
  });
});

describe("toolsInWords", () => {
  const tools = { folder: "/srv/tools", made: false };
  const one = { name: "a", version: 1, added: true };
  const bad = { file: "b.ts", error: "no" };
  it.each([
    [[], [], tools, "Tools: none yet in /srv/tools: put /srv/tools/<name>.ts there"],
    [
      [],
      [],
      { ...tools, made: true },
      "Tools: none yet in /srv/tools, which was not there and was made: put /srv/tools/<name>.ts there",
    ],
    [[one], [], tools, "Tools: 1 loaded"],
    [[one], [bad], tools, "Tools: 1 loaded, 1 that does not load"],
    [
      [one],
      [bad, bad],
      { ...tools, made: true },
      "Tools: 1 loaded, 2 that do not load in /srv/tools, which was not there and was made",
    ],
  ])("%j and %j", (loaded, broken, folder, said) => {
    expect(toolsInWords({ loaded, broken }, folder)).toBe(said);
  });
});
