/** Live shadowing: what is tried on live calls, what such a call says, and when the tests should look again. Pure. */
import { z } from "zod";
import { compare } from "./comparison.ts";
import type { Evidence } from "./evidence.ts";
import type { Execution } from "./execution.ts";
import type { RecordedOutcome } from "./outcome.ts";
import { agreeingCallsNeeded } from "./statistics.ts";
import { ALPHA } from "./tally.ts";
import { plural, waitFor } from "./verdict-words.ts";

/** One live call that a waiting change was tried on. */
export const ShadowCall = z.object({
  proposalId: z.string(),
  revision: z.number().int(),
  executionId: z.string(),
  agrees: z.boolean(),
  /** What differed; empty where nothing did. */
  detail: z.string(),
  at: z.date(),
});
export type ShadowCall = z.infer<typeof ShadowCall>;

export type ShadowTally = { readonly agreed: number; readonly differed: number };

type Seen = Pick<Evidence, "verdict" | "strategy" | "strategyUsed" | "summary">;

/** Whether a waiting change with this evidence is tried on live calls: it may be, and is not known to be wrong. */
export function isShadowed({ verdict, strategy }: Pick<Seen, "verdict" | "strategy">): boolean {
  return strategy === "shadow" && (verdict === "passed" || verdict === "inconclusive");
}

/** What a live call says of a change; null where it says nothing. `noise` are the paths that the tests leave out. */
export function shadowDifference(
  live: Pick<Execution, "status" | "output" | "error">,
  changed: RecordedOutcome,
  noise: readonly string[],
): string | null {
  if (live.status !== changed.status)
    return `it ${WORDS[live.status]} live, and ${WORDS[changed.status]} with the change`;
  if (live.error?.code !== changed.error?.code) return "it was refused for another reason";
  const [first, ...more] = compare(live.output, changed.output, noise);
  if (first === undefined) return null;
  return `it answered otherwise at ${first.path === "" ? "the whole answer" : first.path}${more.length > 0 ? ` and ${more.length} more` : ""}`;
}

const WORDS: Record<Execution["status"], string> = {
  succeeded: "succeeded",
  refused: "was refused",
  failed: "failed",
  timed_out: "ran out of its budget",
  rejected: "was rejected",
  interrupted: "was interrupted",
};

/** A tool whose answers vary differs again and again: the tests have looked at it often enough then. */
const MOST_LOOKS = 3;

/**
 * Agreeing live calls that are still needed before the tests can say more; 0 where they can, null where more calls
 * would not change what they say.
 * @param since the calls after the snapshot
 */
export function callsToSettle({ verdict, strategyUsed, summary }: Seen, since: ShadowTally): number | null {
  const { comparable, agreed, threshold } = summary.agreement;
  const needed = agreeingCallsNeeded(threshold, ALPHA);
  const open = verdict === "inconclusive" || (strategyUsed !== "shadow" && strategyUsed !== "replay");
  if (!open || comparable >= needed || agreed < comparable) return null;
  // What only a person's word settles, calls do not.
  if (verdict === "inconclusive" && summary.wouldSettle.some((way) => !/more agreeing call/.test(way))) return null;
  return Math.max(0, needed - agreed - since.agreed);
}

/**
 * Why the tests should run again, as a reason in the log; null for not yet.
 * @param all every live call of the revision, `since` those after the snapshot
 */
export function whyTestAgain(evidence: Seen, all: ShadowTally, since: ShadowTally): string | null {
  if (since.differed > 0 && all.differed <= MOST_LOOKS) return "a live call differed";
  if (callsToSettle(evidence, since) === 0) return `${plural(since.agreed, "live call")} agreed`;
  return null;
}

/** What the reviewer reads: how many live calls, and how many more it takes. */
export function shadowWords(
  tool: string,
  evidence: Seen,
  { all, since, callsPerDay }: { all: ShadowTally; since: ShadowTally; callsPerDay: number | null },
): string {
  const left = callsToSettle(evidence, since);
  // A verdict that passed lacks nothing: what is still collected is not what it waits for.
  const settles =
    left === null || left === 0 || evidence.verdict === "passed"
      ? ""
      : `; ${plural(left, "more agreeing call")} ${left === 1 ? "settles" : "settle"} it${waitFor(left, callsPerDay)}`;
  if (all.agreed + all.differed === 0)
    return `Each new call of ${tool} is tried on this change too, out of the caller's sight: none came yet${settles}.`;
  const differed = all.differed === 0 ? "none differed" : `${all.differed} differed`;
  return `${plural(all.agreed, "live call")} agreed, ${differed}${settles}.`;
}
