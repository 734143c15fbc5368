/** From runs of both versions to labelled cases and the judgement. Pure. */
import { abResult, latencyGain } from "#lib/core/ab.ts";
import { isLeftAlone, wasAnswered } from "#lib/core/aside.ts";
import { failureName } from "#lib/core/change-groups.ts";
import { compare } from "#lib/core/comparison.ts";
import type { AbResult, EvidenceCase, SideResult } from "#lib/core/evidence.ts";
import { kindOfChange } from "#lib/core/explained.ts";
import { canonicalJson, type Json } from "#lib/core/json.ts";
import { hasExpectation, labelCase, meetsExpectation } from "#lib/core/labels.ts";
import { introducedMasks, type Mask, maskBehind } from "#lib/core/masking.ts";
import { refusalPlace } from "#lib/core/refusal.ts";
import type { JudgedCase } from "#lib/core/tally.ts";
import type { Label } from "#lib/core/words.ts";
import type { BaselineCase } from "./baseline.ts";
import type { CaseRun } from "./run-case.ts";

/** A case with both runs. */
export type RunPair = {
  readonly base: BaselineCase;
  readonly new: CaseRun;
  /** Shortest time that the new version took. */
  readonly fastestMs: number;
  /** Clearly slower, and slower again when it was looked at twice. */
  readonly slower: boolean;
};

export type Sources = { readonly tool: string; readonly base: string; readonly candidate: string };

/** A labelled case as it is kept, with the mask that made its answer, if one did. */
export type LabelledCase = { readonly kept: EvidenceCase; readonly mask: Mask | null };

/** Differences and texts kept for one case: a reviewer reads no more, and the snapshot stays small. */
const MOST_DIFFERENCES = 200;
const LARGEST_KEPT = 100_000;

/** Labels every pair; the most telling cases come first, of each label those with the smallest inputs. */
export function labelPairs(pairs: readonly RunPair[], noise: readonly string[], sources: Sources): LabelledCase[] {
  const masks = unconfirmedMasks(introducedMasks(sources.base, sources.candidate), pairs);
  const codes = new Set(pairs.flatMap(({ base }) => (isSuite(base) ? (base.planned.shouldThrow ?? []) : [])));
  return pairs
    .map((pair) => label(pair, noise, sources, masks, codes))
    .sort((a, b) => rankOf(a) - rankOf(b) || sizeOf(a) - sizeOf(b))
    .map(({ kept, mask }, index) => ({ kept: { ...kept, index }, mask }));
}

/**
 * Masks but for the defaults that known cases bear out: a value that people say is right wherever it shows was not made
 * up. What a catch swallows, and what one input was singled out for, no known case can speak for.
 */
function unconfirmedMasks(masks: readonly Mask[], pairs: readonly RunPair[]): Mask[] {
  const [confirmed, refuted] = [new Set<Mask>(), new Set<Mask>()];
  for (const { base, new: next } of pairs) {
    if (base.target === null || !hasExpectation(base.planned) || next.side.status !== "succeeded") continue;
    const behind = masks.filter((mask) => maskBehind([mask], base.planned.input, next.side.output ?? null) !== null);
    if (!meetsExpectation(next.side, base.planned)) for (const mask of behind) refuted.add(mask);
    else for (const mask of soleMaker(behind)) confirmed.add(mask);
  }
  return masks.filter((mask) => mask.kind !== "default" || !confirmed.has(mask) || refuted.has(mask));
}

/** A right answer speaks for the one place that can have made it; where several can, nobody knows for which. */
function soleMaker(behind: readonly Mask[]): readonly Mask[] {
  const stated = behind.filter(({ answer }) => answer !== undefined);
  const makers = stated.length > 0 ? stated : behind;
  return makers.length === 1 ? makers : [];
}

const RANK: readonly Label[] = [
  "regression",
  "still_wrong",
  "still_failing",
  "masked",
  "changed",
  "slower",
  "unconfirmed",
  "corrected",
  "repaired",
  "handled",
  "diverged",
  "agrees",
];

/** What nobody sent, and what was left alone, comes after all that was sent and did not simply agree. */
function rankOf({ kept }: LabelledCase): number {
  return RANK.indexOf(kept.source === "generated" || isLeftAlone(kept) ? "diverged" : kept.label);
}

function sizeOf({ kept }: LabelledCase): number {
  return canonicalJson(kept.input).length;
}

/** A case of the base version or one that a person kept: what such a case asks for is right. */
function isSuite({ planned }: BaselineCase): boolean {
  return planned.source === "base_case" || planned.source === "stored_case";
}

function label(
  pair: RunPair,
  noise: readonly string[],
  sources: Sources,
  masks: readonly Mask[],
  codes: ReadonlySet<string>,
): LabelledCase {
  const { planned, target, old } = pair.base;
  const side = pair.new.side;
  const differences = compare(old.side.output, side.output, noise);
  const refusal =
    side.status === "refused" && side.error ? refusalPlace(sources.tool, sources.candidate, side.error) : null;
  const unsure = target !== null && !(hasExpectation(planned) && meetsExpectation(side, planned));
  const mask = unsure && side.status === "succeeded" ? maskBehind(masks, planned.input, side.output ?? null) : null;
  // A case that asks for this very refusal confirms it for calls of which nothing else is known.
  const code = side.error?.code;
  const confirmed =
    target !== null &&
    !hasExpectation(planned) &&
    refusal !== null &&
    refusal !== "in_catch" &&
    code !== undefined &&
    codes.has(code);
  const expectation = confirmed
    ? { shouldThrow: code }
    : { expectedOutput: planned.expectedOutput, shouldThrow: planned.shouldThrow };
  const outcome = labelCase({
    ...expectation,
    old: old.side,
    new: side,
    target,
    differences,
    masked: mask !== null || refusal === "in_catch",
    refusedFromInput: refusal === "from_input",
    slower: pair.slower,
  });
  return {
    mask,
    kept: {
      index: 0,
      label: outcome,
      source: planned.source,
      description: planned.description,
      input: planned.input,
      target: target !== null,
      ...(planned.aside === true ? { aside: true } : {}),
      ...(expectation.expectedOutput === undefined ? {} : { expectedOutput: expectation.expectedOutput }),
      ...(expectation.shouldThrow === undefined ? {} : { shouldThrow: expectation.shouldThrow }),
      ...(planned.executionId === undefined ? {} : { executionId: planned.executionId }),
      ...(planned.cluster === undefined ? {} : { cluster: planned.cluster }),
      old: keepable(old.side),
      new: keepable(side),
      differences: differences.slice(0, MOST_DIFFERENCES).map(({ path, before, after }) => ({
        path,
        ...(before === undefined ? {} : { before: keepableJson(before) }),
        ...(after === undefined ? {} : { after: keepableJson(after) }),
      })),
    },
  };
}

function keepable(side: SideResult): SideResult {
  const effects = canonicalJson(side.effects).length > LARGEST_KEPT ? [] : side.effects;
  return { ...side, effects, ...(side.output === undefined ? {} : { output: keepableJson(side.output) }) };
}

function keepableJson(value: Json): Json {
  const size = canonicalJson(value).length;
  return size > LARGEST_KEPT ? `(${Math.ceil(size / 1000)} kB, too large to keep with the evidence)` : value;
}

/** What the verdict needs of a kept case. */
export function judged(one: EvidenceCase): JudgedCase {
  const { label: outcome, source, target, aside, shouldThrow, executionId, old, new: side } = one;
  const both = old.status === "succeeded" && side.status === "succeeded";
  const change = both && outcome !== "agrees" ? kindOfChange(old.output, side.output) : "";
  return {
    label: outcome,
    source,
    target,
    ...(aside === true ? { aside, moved: wasAnswered(one) && !isLeftAlone(one) } : {}),
    newStatus: side.status,
    ...(executionId === undefined ? {} : { executionId }),
    ...(shouldThrow === undefined ? {} : { shouldThrow }),
    ...(change === "" ? {} : { change }),
    ...(old.error === undefined ? {} : { failure: failureName(old.error) }),
    ...(side.status === "diverged" && old.status !== "diverged" ? { strayed: true } : {}),
  };
}

/** The A/B result over all cases that both versions could run, the candidate's own left out. */
export function compareVersions(cases: readonly EvidenceCase[]): AbResult {
  const comparable = cases.filter(
    ({ label: outcome, source, aside }) =>
      outcome !== "diverged" && source !== "candidate_case" && source !== "generated" && aside !== true,
  );
  return abResult(
    comparable.map((one) => ({
      old: { good: !one.target, latencyMs: one.old.latencyMs },
      new: { good: isGood(one), latencyMs: one.new.latencyMs },
    })),
  );
}

const BAD: readonly Label[] = ["regression", "still_wrong", "still_failing", "masked"];

/** Answered as it should, as far as anybody can say; a refusal counts where a case asks for it. */
function isGood({ label: outcome, target, shouldThrow, new: side }: EvidenceCase): boolean {
  if (BAD.includes(outcome)) return false;
  return !target || side.status === "succeeded" || shouldThrow !== undefined;
}

/** The gain in latency on inputs that both versions answered, as its lower bound; null where there are none. */
export function gainOf(pairs: readonly RunPair[]): number | null {
  const both = pairs.filter(
    ({ base, new: next }) => base.old.side.status === "succeeded" && next.side.status === "succeeded",
  );
  if (both.length === 0) return null;
  const { lowerMs } = latencyGain(both.map(({ base, fastestMs }) => ({ oldMs: base.fastestMs, newMs: fastestMs })));
  return Number.isFinite(lowerMs) ? lowerMs : null;
}

/** Times that are told apart at all, and how many times longer counts as clearly slower. */
const NOTICEABLE_MS = 20;
const CLEARLY = 2;

/** Whether the shortest time of the new version is clearly above the longest of the old one. */
export function looksSlower(oldSlowestMs: number, newFastestMs: number): boolean {
  return newFastestMs > CLEARLY * oldSlowestMs + NOTICEABLE_MS;
}
