/**
 * A score that orders candidates by how likely they are right, from whatever evidence there is. It is fitted on the
 * development corpora (`npm run bench -- gate` prints its calibration) and is not a probability on any other installation:
 * it orders, and is never shown to a person.
 */
import { type ByHeart, isByHeart } from "./by-heart.ts";
import type { Explored, Tally } from "./tally.ts";

export type RankFacts = {
  readonly tally: Pick<Tally, "targets" | "met" | "bounds" | "changes" | "comparable" | "agreed" | "base">;
  readonly regressions: number;
  readonly wrong: number;
  readonly masked: number;
  readonly explored: Explored | undefined;
  readonly byHeart: ByHeart | undefined;
  /** Parts of the change that make no difference to any case. */
  readonly unneeded: number;
  /** Characters that the candidate's source changes. */
  readonly editSize: number;
  /** Share of the changed lines that no case executed. */
  readonly unexecuted: number;
};

/** What the score is made of, in the order of the weights. */
export const FEATURES = [
  "targets met",
  "a good answer lost",
  "a target still wrong",
  "masked",
  "good answers kept",
  "new answers confirmed",
  "changes explained",
  "generated inputs failed",
  "inputs like the corrected ones changed",
  "known by heart",
  "a part that nothing needs",
  "size of the edit",
  "many targets",
  "unexecuted",
] as const;

/** The features of a candidate, each between 0 and 1. */
export function rankFeatures(facts: RankFacts): number[] {
  const { tally, regressions, wrong, masked, explored, byHeart, unneeded, editSize, unexecuted } = facts;
  const { confirmed, open } = tally.changes;
  const share = (part: number, whole: number, otherwise: number) => (whole === 0 ? otherwise : part / whole);
  return [
    share(tally.met, tally.targets.length, 0),
    regressions > 0 ? 1 : 0,
    wrong > 0 ? 1 : 0,
    masked > 0 ? 1 : 0,
    share(tally.agreed, tally.comparable, 0.5),
    Math.min(1, share(confirmed, confirmed + open, 0) * 2),
    tally.changes.explained ? 1 : 0,
    explored === undefined ? 0 : Math.sqrt(share(explored.failed, explored.answered, 0)),
    explored === undefined ? 0 : share(explored.nearChanged, explored.near, 0.5),
    byHeart !== undefined && isByHeart(byHeart) ? 1 : 0,
    unneeded > 0 ? 1 : 0,
    Math.min(1, Math.log10(1 + editSize) / 4),
    Math.min(1, Math.log10(1 + tally.targets.length) / 2),
    unexecuted,
  ];
}

/**
 * Fitted by logistic regression on 579 patches of all 76 development functions (`npm run bench -- gate`, 2026-11-28, which
 * prints the fit anew). Two of the patches have a changed line that no case executed, so that weight is what it was held for.
 */
const WEIGHTS: readonly number[] = [
  0.5, -1.28, -2.78, -1.3, 0.45, 1.05, 2.33, -0.16, 0.91, -2.79, -1.15, -3.27, 0.43, -1,
];
const BIAS = -3.31;

/** Between 0 and 1: the higher, the likelier right. */
export function correctnessRank(features: readonly number[]): number {
  const sum = features.reduce((total, value, at) => total + value * (WEIGHTS[at] ?? 0), BIAS);
  return 1 / (1 + Math.exp(-sum));
}

/** Characters between the common beginning and the common end of two sources. */
export function editSizeOf(before: string, after: string): number {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return Math.max(before.length, after.length) - start - end;
}
