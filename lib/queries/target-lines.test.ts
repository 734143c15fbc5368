import { expect, it } from "vitest";
import type { EvidenceCase, SideResult } from "#lib/core/evidence.ts";
import { asideLine } from "./target-lines.ts";

const side = (status: SideResult["status"]): SideResult => ({ status, latencyMs: 1, effects: [] });
const aside = (
  label: EvidenceCase["label"],
  old: SideResult["status"],
  now: SideResult["status"],
  differs = false,
) => ({
  label,
  aside: true,
  old: side(old),
  new: side(now),
  differences: differs ? [{ path: "", before: 1, after: 2 }] : [],
});

it("failures and wrong answers that a change is not for are told apart from what it is judged by", () => {
  const good = { ...aside("agrees", "succeeded", "succeeded"), aside: false };
  const failures = [
    aside("still_failing", "failed", "failed"),
    aside("handled", "failed", "refused"),
    aside("handled", "timed_out", "refused"),
  ];
  const answers = [
    aside("still_wrong", "succeeded", "succeeded"),
    aside("still_wrong", "succeeded", "succeeded", true),
    aside("corrected", "succeeded", "succeeded", true),
  ];
  expect(asideLine([good])).toBeNull();
  expect(asideLine([...failures, good])).toBe("3 failures that it is not for: 2 refused clearly, 1 still failing.");
  expect(asideLine([...failures, ...answers])).toBe(
    "3 failures that it is not for: 2 refused clearly, 1 still failing. 3 answers marked as wrong that it is not for: 1 corrected, 1 still wrong, 1 left as it was.",
  );
  expect(asideLine(answers.slice(0, 1))).toBe("1 answer marked as wrong that it is not for: 1 left as it was.");
});
