/** Whether the score that orders candidates means what it says: of those scored 0.8, eight in ten should be right. */
import type { Example } from "./fit-rank.ts";

const BINS = 10;

/** Mean distance between score and share of right ones over equally wide bins, weighted by size; in points of 100. */
export function calibrationError(examples: readonly Example[], scores: readonly number[]): number {
  const scored = examples.map(({ right }, at) => ({ score: scores[at] ?? 0, right: right ? 1 : 0 }));
  let error = 0;
  for (let bin = 0; bin < BINS; bin += 1) {
    const inside = scored.filter(({ score }) => Math.min(BINS - 1, Math.floor(score * BINS)) === bin);
    if (inside.length === 0) continue;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const distance = Math.abs(mean(inside.map(({ score }) => score)) - mean(inside.map(({ right }) => right)));
    error += (distance * inside.length) / scored.length;
  }
  return Math.round(error * 1_000) / 10;
}

/** Share of functions, in percent, whose right patch has a higher score than every wrong one tried on it. */
export function rightOnTop(examples: readonly Example[], scores: readonly number[]): number {
  const byTask = Map.groupBy(
    examples.map((one, at) => ({ ...one, score: scores[at] ?? 0 })),
    ({ task }) => task,
  );
  const tops = [...byTask.values()].map((own) => {
    const best = (right: boolean) => Math.max(...own.filter((one) => one.right === right).map(({ score }) => score));
    return best(true) > best(false);
  });
  return Math.round((tops.filter(Boolean).length / Math.max(1, tops.length)) * 1_000) / 10;
}
