import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSandbox } from "./create-sandbox.ts";
import { JAILS, moduleOf, returned, runLive } from "./guest.fixture.ts";
import { sweepFolders } from "./jail.ts";

/** Fields of /proc/<pid>/status of the process whose parent's parent's parent is this one. */
function statusOfJailed(): Map<string, string> {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/status`, "utf8");
        return [new Map(text.split("\n").map((line) => line.split(":\t") as [string, string]))];
      } catch {
        return [];
      }
    });
  const parentOf = (pid: string | undefined) => all.find((one) => one.get("Pid") === pid)?.get("PPid");
  const found = all.find((one) => parentOf(parentOf(one.get("PPid"))) === String(process.pid));
  if (found === undefined) throw new Error("no jailed process was found");
  return found;
}

it.runIf(JAILS.length > 1)("a jailed worker has no capability, a filter, limits, and an empty network", async () => {
  const sandbox = await createSandbox({ workers: 1 });
  try {
    expect(sandbox.describe()).toMatchObject({ jailed: true });
    expect(returned(await runLive(sandbox, moduleOf("return 1")))).toBe(1);
    const status = statusOfJailed();
    expect(status.get("CapEff")).toBe("0000000000000000");
    expect(status.get("NoNewPrivs")).toBe("1");
    if (process.arch === "x64") expect(status.get("Seccomp")).toBe("2");
    const pid = status.get("Pid");
    expect(readFileSync(`/proc/${pid}/limits`, "utf8")).toMatch(/Max data size\s+402653184/);
    const interfaces = readFileSync(`/proc/${pid}/net/dev`, "utf8").split("\n").slice(2).filter(Boolean);
    expect(interfaces.map((line) => line.split(":")[0]?.trim())).toEqual(["lo"]);
    expect(readdirSync(`/proc/${pid}/root`).sort()).not.toContain("etc");
  } finally {
    await sandbox.close();
  }
});

it("without a jail it runs all the same, and says why", async () => {
  const sandbox = await createSandbox({ workers: 1, jail: false });
  try {
    expect(sandbox.describe()).toMatchObject({ jailed: false, detail: expect.stringContaining("not jailed") });
    expect(returned(await runLive(sandbox, moduleOf("return 1")))).toBe(1);
  } finally {
    await sandbox.close();
  }
});

it("folders of processes that were killed are removed at the next start, and no others", () => {
  const parent = mkdtempSync(join(tmpdir(), "whetstone-sweep-"));
  try {
    const { pid: gone } = spawnSync("true");
    const folder = (name: string, owner: string | null): void => {
      mkdirSync(join(parent, name));
      if (owner !== null) writeFileSync(join(parent, name, "owner"), owner);
    };
    folder("whetstone-worker-gone", `${gone} ${hostname()}`);
    folder("whetstone-worker-mine", `${process.pid} ${hostname()}`);
    folder("whetstone-worker-elsewhere", `${gone} another-${hostname()}`);
    folder("whetstone-worker-new", null);
    folder("whetstone-worker-old", null);
    utimesSync(join(parent, "whetstone-worker-old"), 0, 0);
    folder("something-else", `${gone} ${hostname()}`);
    sweepFolders(parent);
    expect(readdirSync(parent).sort()).toEqual([
      "something-else",
      "whetstone-worker-elsewhere",
      "whetstone-worker-mine",
      "whetstone-worker-new",
    ]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
