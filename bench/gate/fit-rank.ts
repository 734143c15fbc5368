/** Fits the score that orders candidates anew, and says how well it would do on functions that it was not fitted on. */
import { FEATURES } from "#lib/core/correctness-rank.ts";

export type Example = {
  /** The function that the patch is of: left out as a whole, since its patches are alike. */
  readonly task: string;
  readonly features: readonly number[];
  readonly right: boolean;
};

export type Fit = { readonly bias: number; readonly weights: readonly number[] };

/** Keeps weights near what they are held for where the examples say little: a patch's worth of doubt for each. */
const RIDGE = 1;
/**
 * What a weight is held for before any example: nothing, but for the share of changed lines that no case executed. Hardly
 * a patch of the corpora has such a line, and what nobody saw run speaks for nothing.
 */
const HELD_FOR: ReadonlyMap<number, number> = new Map([[FEATURES.indexOf("unexecuted"), -1]]);
const MOST_STEPS = 40;
const CLOSE = 1e-8;

/** Logistic regression by Newton's method, with a ridge on all but the bias. */
export function fitRank(examples: readonly Example[]): Fit {
  const rows = examples.map(({ features }) => [1, ...features]);
  const size = rows[0]?.length ?? 1;
  let at = new Array<number>(size).fill(0);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const gradient = at.map((weight, i) => (i === 0 ? 0 : -RIDGE * (weight - (HELD_FOR.get(i - 1) ?? 0))));
    const curvature = at.map((_, i) => at.map((_, j) => (i === j ? (i === 0 ? 1e-9 : RIDGE) : 0)));
    for (const [n, row] of rows.entries()) {
      const chance = logistic(dot(at, row));
      for (const [i, value] of row.entries()) {
        if (value === 0) continue;
        gradient[i] = (gradient[i] ?? 0) + value * ((examples[n]?.right ? 1 : 0) - chance);
        const line = curvature[i] as number[];
        for (const [j, other] of row.entries()) line[j] = (line[j] ?? 0) + value * other * chance * (1 - chance);
      }
    }
    const move = solve(curvature, gradient);
    at = at.map((weight, i) => weight + (move[i] ?? 0));
    if (Math.max(...move.map(Math.abs)) < CLOSE) break;
  }
  const [bias = 0, ...weights] = at;
  return { bias, weights };
}

/** The score of each example by a fit that has not seen its function. */
export function scoresLeftOut(examples: readonly Example[]): number[] {
  const fits = new Map<string, Fit>();
  for (const task of new Set(examples.map((one) => one.task)))
    fits.set(task, fitRank(examples.filter((one) => one.task !== task)));
  return examples.map(({ task, features }) => scoreBy(fits.get(task) as Fit, features));
}

/** Between 0 and 1. */
export function scoreBy({ bias, weights }: Fit, features: readonly number[]): number {
  return logistic(bias + dot(weights, features));
}

function logistic(sum: number): number {
  return 1 / (1 + Math.exp(-sum));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
}

/** Solves a symmetric positive system by elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const size = rows.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    const [upper, lower] = [rows[column] as number[], rows[pivot] as number[]];
    rows[column] = lower;
    rows[pivot] = upper;
    for (let row = column + 1; row < size; row += 1) {
      const line = rows[row] as number[];
      const factor = (line[column] ?? 0) / (lower[column] || 1);
      for (let at = column; at <= size; at += 1) line[at] = (line[at] ?? 0) - factor * (lower[at] ?? 0);
    }
  }
  const found = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row -= 1) {
    const line = rows[row] as number[];
    const rest = found.reduce((sum, value, at) => (at > row ? sum + value * (line[at] ?? 0) : sum), 0);
    found[row] = ((line[size] ?? 0) - rest) / (line[row] || 1);
  }
  return found;
}
