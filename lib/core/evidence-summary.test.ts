import { describe, expect, it } from "vitest";
import { abResult } from "./ab.ts";
import { EvidenceSummary } from "./evidence.ts";
import { NO_CHANGES, type SummaryFacts, summarise } from "./evidence-summary.ts";
import type { JudgedCase } from "./tally.ts";
import { circumstances } from "./verdict.fixture.ts";
import { judge } from "./verdict.ts";
import type { Label, Strategy } from "./words.ts";

const facts: SummaryFacts = {
  strategy: "replay",
  ab: abResult([]),
  noisePaths: [],
  notTested: ["the moon"],
  changes: NO_CHANGES,
  validationErrors: [],
};

function summaryOf(labels: readonly Label[], strategy: Strategy, more: Partial<SummaryFacts> = {}): EvidenceSummary {
  const wrong: readonly Label[] = ["repaired", "unconfirmed", "masked", "still_failing", "handled"];
  const cases = labels.map(
    (label): JudgedCase => ({ label, source: "recorded", target: wrong.includes(label), newStatus: "succeeded" }),
  );
  const judgement = judge(cases, { ...circumstances, strategy });
  return summarise(judgement, { ...facts, strategy, ...more });
}
const good = Array<Label>(60).fill("agrees");
const ids = (summary: EvidenceSummary, mustAcknowledge: boolean) =>
  summary.warnings.filter((warning) => warning.mustAcknowledge === mustAcknowledge).map(({ id }) => id);

describe("summarise", () => {
  it("warns of nothing where it passed, and fits the schema of evidence", () => {
    const summary = summaryOf([...good, "repaired"], "replay");
    expect(summary).toMatchObject({ warnings: [], notTested: ["the moon"], targets: { total: 1, met: 1 } });
    expect(EvidenceSummary.parse(summary)).toEqual(summary);
  });

  it.each([
    ["doubt", [...good, "changed", "repaired"], "replay", {}, ["inconclusive", "changed-outputs"]],
    ["a masked failure", [...good, "masked"], "replay", {}, ["inconclusive", "masked"]],
    ["a failure left", [...good, "still_failing", "repaired"], "replay", {}, ["inconclusive", "still-failing"]],
    ["a slower answer", [...good, "slower", "repaired"], "replay", {}, ["inconclusive", "slower"]],
    ["values that nothing confirms", [...good, "unconfirmed"], "replay", {}, ["inconclusive", "unconfirmed"]],
    ["a tool for people only", ["agrees"], "manual", {}, ["inconclusive", "manual-risk"]],
    [
      "wider permissions and other words about itself",
      [...good, "repaired"],
      "replay",
      {
        changes: {
          ...NO_CHANGES,
          permissions: ["more network: a"],
          characteristics: ["idempotent: false → true"],
          widened: true,
        },
      },
      ["permissions-widened", "characteristics-changed"],
    ],
    [
      "changed cases",
      [...good, "repaired"],
      "replay",
      { changes: { ...NO_CHANGES, testCases: ["removed: adds"] } },
      ["cases-changed"],
    ],
  ] as [string, Label[], Strategy, Partial<SummaryFacts>, string[]][])(
    "has %s acknowledged",
    (_, labels, strategy, more, expected) => {
      expect(ids(summaryOf(labels, strategy, more), true)).toEqual(expected);
    },
  );

  it("tells of a lower strategy, of noise and of what could not be compared, without a signature", () => {
    const summary = summaryOf([...good, "repaired", "diverged", "unconfirmed"], "shadow", { noisePaths: ["/at"] });
    expect(ids(summary, false)).toEqual(["unconfirmed", "diverged", "strategy-lowered", "noise"]);
    expect(ids(summary, true)).toEqual([]);
  });

  it("has each id once", () => {
    const all: Label[] = ["changed", "masked", "still_failing", "slower", "unconfirmed", "diverged"];
    const { warnings } = summaryOf([...good, ...all], "manual", { noisePaths: ["/at", "/b"] });
    expect(new Set(warnings.map(({ id }) => id)).size).toBe(warnings.length);
    expect(warnings.every(({ text }) => text.endsWith("."))).toBe(true);
  });
});
