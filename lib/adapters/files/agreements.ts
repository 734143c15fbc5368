/** What a tool's file held when it last agreed with the database: tells a replica that was away from a person's edit. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** Beside the backups of the tool: each installation has its own, and nothing loads it. */
const FILE = ".agreed";

export type Agreements = {
  read(name: string): Promise<readonly string[]>;
  write(name: string, hashes: readonly string[]): Promise<void>;
};

/** @param folderOf the folder of a tool's backups; refuses what is no tool name */
export function createAgreements(folderOf: (name: string) => string): Agreements {
  let count = 0;
  return {
    async read(name) {
      const text = await readFile(join(folderOf(name), FILE), "utf8").catch(() => "");
      return text.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line));
    },
    async write(name, hashes) {
      const folder = folderOf(name);
      mkdirSync(folder, { recursive: true });
      count += 1;
      const partial = join(folder, `${FILE}.${process.pid}.${count}`);
      // Not flushed: where a power cut loses it, the file counts as edited, and a person is asked.
      writeFileSync(partial, `${hashes.join("\n")}\n`, { mode: 0o600 });
      renameSync(partial, join(folder, FILE));
    },
  };
}
