/** How long the type check of one candidate takes once the compiler is warm. */
import { readdir, readFile } from "node:fs/promises";
import { seededRandom } from "#lib/core/random.ts";
import { createTypeCheck } from "#lib/pipeline/4-test/type-check.ts";
import { mutantsOf } from "./mutants.ts";

const TOOLS = new URL("../../tools/", import.meta.url);
const OF_EACH = 30;

export type TypeCheckTime = { readonly p50Ms: number; readonly p95Ms: number; readonly candidates: number };

/** Single edits of every sample tool, one tool after the other, as a search tries them; no source comes twice. */
export async function typeCheckTime(seed: number): Promise<TypeCheckTime> {
  const random = seededRandom(seed);
  const candidates: string[] = [];
  for (const name of (await readdir(TOOLS)).filter((file) => file.endsWith(".ts")).sort()) {
    const mutants = mutantsOf(await readFile(new URL(name, TOOLS), "utf8")).map((one) => ({ ...one, at: random() }));
    mutants.sort((a, b) => a.at - b.at);
    candidates.push(...mutants.slice(0, OF_EACH).map(({ source }) => source));
  }
  const typeCheck = createTypeCheck();
  // A server that runs is warm; one that has just started needs some hundred candidates for it.
  for (const warming of [1, 2]) for (const source of candidates) typeCheck(`${source}// ${warming}\n`);
  const times = candidates.map((source) => {
    const began = performance.now();
    typeCheck(source);
    return performance.now() - began;
  });
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95), candidates: candidates.length };
}
