/** How one tested case came out under the candidate: the table of labels as a function. */
import { equalJson } from "./comparison.ts";
import type { Difference, SideResult } from "./evidence.ts";
import type { Json } from "./json.ts";
import type { Label } from "./words.ts";

/** What is known of the right answer: a value, or the code or name of the error that should be thrown. */
export type Expectation = { readonly expectedOutput?: Json | undefined; readonly shouldThrow?: string | undefined };

/**
 * Why a case is known to be wrong before: it failed, a person or the tool's own case says what is right, a person said
 * that it is wrong, or it broke a postcondition.
 */
export type TargetReason = "failed" | "known_answer" | "marked_wrong" | "postcondition";

export type CaseToLabel = Expectation & {
  readonly old: SideResult;
  readonly new: SideResult;
  /** Null for a good case. */
  readonly target: TargetReason | null;
  /** Between the two outputs, noise left out. */
  readonly differences: readonly Difference[];
  /** The syntax shows the swallow, default or special case that made the new value or refusal. */
  readonly masked: boolean;
  /** Whether a new refusal was decided before the failing operation and outside a catch. */
  readonly refusedFromInput: boolean;
  /** The latency is clearly worse on this input. */
  readonly slower: boolean;
};

/** Whether anything is known of the right answer. */
export function hasExpectation(expectation: Expectation): boolean {
  return expectation.expectedOutput !== undefined || expectation.shouldThrow !== undefined;
}

/** Whether a result is what is known to be right. `shouldThrow` names a `ToolError` code or an error's name. */
export function meetsExpectation(result: SideResult, { expectedOutput, shouldThrow }: Expectation): boolean {
  if (shouldThrow !== undefined) {
    if (result.status !== "refused" && !isBad(result)) return false;
    return result.error?.code === shouldThrow || result.error?.name === shouldThrow;
  }
  return result.status === "succeeded" && (expectedOutput === undefined || equalJson(result.output, expectedOutput));
}

/** Failed or out of time: what counts as a failure in a rate. */
export function isBad({ status }: SideResult): boolean {
  return status === "failed" || status === "timed_out";
}

/**
 * The label of a case. Lost machinery is no label: a case with an interrupted side never gets here.
 * @throws RangeError for an interrupted side
 */
export function labelCase(one: CaseToLabel): Label {
  if (one.old.status === "interrupted" || one.new.status === "interrupted") {
    throw new RangeError("An interrupted run says nothing about a tool and has no label");
  }
  if (one.new.status === "diverged") return "diverged";
  return one.target === null ? labelGood(one) : labelTarget(one, one.target);
}

function labelGood(one: CaseToLabel): Label {
  if (one.old.status === "diverged") return "diverged";
  if (hasExpectation(one)) {
    if (!meetsExpectation(one.new, one)) return "regression";
  } else if (isBad(one.new) || one.new.status === "rejected") return "regression";
  else if (one.new.status === "refused") {
    if (one.old.status !== "refused") return "regression";
    if (one.new.error?.code !== one.old.error?.code) return "changed";
  } else if (one.old.status !== one.new.status || one.differences.length > 0) return "changed";
  return one.slower ? "slower" : "agrees";
}

function labelTarget(one: CaseToLabel, reason: TargetReason): Label {
  const known = hasExpectation(one);
  if (known && meetsExpectation(one.new, one)) {
    if (reason === "known_answer") return "corrected";
    return one.new.status === "succeeded" ? "repaired" : "handled";
  }
  if (known && reason === "known_answer") return "still_wrong";
  if (isBad(one.new) || one.new.status === "rejected") return "still_failing";
  if (known) return "still_wrong";
  if (reason === "marked_wrong" && isUnchanged(one)) return "still_wrong";
  if (one.new.status === "refused") {
    if (one.masked) return "masked";
    return one.refusedFromInput ? "handled" : "unconfirmed";
  }
  if (one.masked) return "masked";
  return reason === "postcondition" ? "repaired" : "unconfirmed";
}

/** The same answer, or the same refusal. */
function isUnchanged({ old, new: side, differences }: CaseToLabel): boolean {
  return old.status === side.status && old.error?.code === side.error?.code && differences.length === 0;
}
