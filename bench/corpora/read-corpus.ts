/** Finds the corpora that benches measure on: they are other people's work and no part of the project. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { CorpusMissing } from "../figure.ts";

/** Beside the checkout, unless `WHETSTONE_CORPORA` says where. */
const BESIDE = "../shared/corpora";

/**
 * The rows of a corpus file, one JSON object a line.
 * @param file below the corpora's folder, for example `merge/triples-dev.jsonl`
 * @throws CorpusMissing where it is not on this machine
 */
export async function readCorpus<Row>(file: string): Promise<Row[]> {
  const checkout = resolve(import.meta.dirname, "..", "..");
  const path = resolve(checkout, process.env.WHETSTONE_CORPORA ?? BESIDE, file);
  if (!existsSync(path)) throw new CorpusMissing(file);
  const text = await readFile(path, "utf8");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Row);
}

/** The corpus files of one folder, by name. @throws CorpusMissing where there are none */
export async function corpusFiles(folder: string): Promise<string[]> {
  const checkout = resolve(import.meta.dirname, "..", "..");
  const path = resolve(checkout, process.env.WHETSTONE_CORPORA ?? BESIDE, folder);
  const names = existsSync(path) ? await readdir(path) : [];
  const files = names.filter((name) => name.endsWith(".jsonl")).sort();
  if (files.length === 0) throw new CorpusMissing(folder);
  return files.map((name) => `${folder}/${name}`);
}
