/** Failures and answers known to be wrong that a change is not for: they stand beside its targets. */
import type { EvidenceCase } from "./evidence.ts";

type Seen = Pick<EvidenceCase, "aside" | "old" | "new" | "differences">;

/** Whether the change left such a case as it was, which says nothing of the change. */
export function isLeftAlone({ aside, old, new: side, differences }: Seen): boolean {
  if (aside !== true) return false;
  if (failed(old)) return failed(side);
  return old.status === side.status && old.error?.code === side.error?.code && differences.length === 0;
}

/** Whether the old version answered, wrongly as somebody said; otherwise it failed. */
export function wasAnswered({ old }: Pick<EvidenceCase, "old">): boolean {
  return !failed(old);
}

function failed({ status }: EvidenceCase["old"]): boolean {
  return status === "failed" || status === "timed_out";
}
