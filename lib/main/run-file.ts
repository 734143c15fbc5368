/** One program a home folder: a file says which process runs, so that a second start can tell. */
import { readFileSync } from "node:fs";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

export type Running = { readonly pid: number; readonly url: string };

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // After a reboot the number may belong to another program: where Linux says what runs, believe it.
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("start.ts");
  } catch {
    return true;
  }
}

/**
 * Claims the home folder for this process.
 * @returns null when claimed, or the program that already runs there
 * @throws where the folder cannot be written
 */
export async function claimHome(home: string, url: string): Promise<Running | null> {
  await mkdir(home, { recursive: true });
  const path = join(home, "running.json");
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const file = await open(path, "wx", 0o644);
      await file.writeFile(JSON.stringify({ pid: process.pid, url }));
      await file.close();
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const text = await readFile(path, "utf8").catch(() => "");
    let running: Running | null = null;
    try {
      running = JSON.parse(text) as Running;
    } catch {
      // A file torn by a crash belongs to nobody.
    }
    if (running !== null && running.pid !== process.pid && isAlive(running.pid)) return running;
    await rm(path, { force: true });
  }
  throw new Error(`${path} keeps coming back: remove it by hand if no Whetstone runs.`);
}

/** Gives the home folder back. */
export async function releaseHome(home: string): Promise<void> {
  await rm(join(home, "running.json"), { force: true });
}
