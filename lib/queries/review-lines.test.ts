import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { Label } from "#lib/core/words.ts";
import {
  agreementLine,
  alsoItems,
  approveWords,
  casesToLookAt,
  comparisonLine,
  decidable,
  headlineBeside,
  inReadingOrder,
  LABEL_ORDER,
  latencyLine,
  sourcesInWords,
  whyLine,
} from "./review-lines.ts";

const at = new Date("2026-11-23T12:00:00Z");
const person = { kind: "person", id: "p1", name: "Ada" } as const;

const evidence: Evidence = {
  id: "e1",
  proposalId: "p",
  revision: 1,
  number: 1,
  verdict: "passed",
  headline: "Passed by replay.",
  strategy: "shadow",
  strategyUsed: "replay",
  createdAt: at,
  summary: {
    counts: { agrees: 258, repaired: 39 },
    agreement: { comparable: 258, agreed: 258, lowerBound: 0.98845, upperBound: 1, threshold: 0.95 },
    targets: { total: 42, met: 39 },
    baseCases: { total: 9, passed: 9 },
    ab: {
      n: 300,
      old: { succeeded: 258, successRate: 0.86, p50Ms: 90, p95Ms: 210.4 },
      new: { succeeded: 297, successRate: 0.99, p50Ms: 91, p95Ms: 211.6 },
      difference: 0.13,
      interval: [0.091, 0.174],
      winner: "new",
    },
    noisePaths: [],
    notTested: [],
    wouldSettle: [],
    warnings: [],
    changes: { permissions: [], schemas: [], characteristics: [], testCases: [], widened: false },
    validationErrors: [],
  },
};

function withSummary(change: Partial<Evidence["summary"]>): Evidence {
  return { ...evidence, summary: { ...evidence.summary, ...change } };
}

const opportunity: Opportunity = {
  id: "o1",
  tool: "invoice_total",
  kind: "failing",
  state: "in_progress",
  priority: 80,
  reason: "Fails 42 of 300 calls.",
  statistics: {
    calls: 300,
    failures: 42,
    refused: 0,
    rejected: 0,
    successRate: 0.86,
    upperBound: 0.9,
    lowerBound: 0.8,
    target: 0.99,
    version: 7,
    badCallsPerDay: 79.6,
    p50Ms: 90,
    p95Ms: 210,
    since: at,
    until: at,
  },
  clusters: [],
  attribution: "tool",
  findings: [],
  openedAt: at,
  updatedAt: at,
};

describe("whyLine", () => {
  it("is the opportunity's reason, with who is at fault and what it costs", () => {
    expect(whyLine({ purpose: "failing", createdBy: person }, opportunity, "")).toEqual({
      text: "Fails 42 of 300 calls.",
      facts: ["Tool fault", "about 80 bad calls a day"],
    });
  });
  it("keeps what a change was made for where the problem shows other failures by now", () => {
    const about = { purpose: "failing", createdBy: person } as const;
    const long = `no rate for ${"a very long name ".repeat(20)}`;
    const cluster = { message: long } as Opportunity["clusters"][number];
    const now = { ...opportunity, clusters: [cluster] };
    const same = `Fails 4 of 9 calls since 15:31 UTC: TypeError: ${long.slice(0, 100)}…`;
    expect(whyLine(about, now, "", same).text).toBe(opportunity.reason);
    const other = "Fails 4 of 9 calls since 15:31 UTC: TypeError: no items";
    expect(whyLine(about, now, "", other)).toEqual({ text: other, facts: ["The problem shows other failures by now"] });
  });

  it("is the first line of the rationale where nobody detected anything", () => {
    const why = whyLine({ purpose: "slow", createdBy: person }, null, "Caches the table.\n\nLong story.");
    expect(why.text).toBe("Caches the table.");
    expect(why.facts).toEqual(["Proposed by Ada", "meant to make it faster"]);
  });
  it("says so where there is no rationale either", () => {
    expect(whyLine({ purpose: "other", createdBy: person }, null, " ").text).toBe("Proposed without a rationale.");
  });
});

describe("lines of the comparison", () => {
  it("never says a difference without counts and interval", () => {
    expect(comparisonLine(evidence, [])).toBe(
      "300 same inputs: answered or rightly refused 258 → 297 (+13 points, 95 %: +9.1 to +17.4; new is better).",
    );
  });
  it("says what the inputs are, so that its good answers add up with those of the verdict", () => {
    const of = (source: EvidenceCase["source"], count: number, label: EvidenceCase["label"] = "agrees") =>
      Array.from({ length: count }, () => ({ source, label }));
    const cases = [
      ...of("recorded", 291),
      ...of("base_case", 8),
      ...of("stored_case", 1),
      ...of("recorded", 4, "diverged"),
      ...of("generated", 20, "changed"),
      ...of("candidate_case", 2, "diverged"),
      ...of("recorded", 6, "still_wrong").map((one) => ({ ...one, aside: true })),
    ];
    expect(comparisonLine(evidence, cases)).toMatch(
      /^300 same inputs \(291 calls, 9 test cases\): answered or rightly refused 258 → 297/,
    );
    expect(comparisonLine(evidence, cases)).toMatch(
      /better\)\. Not among them: 4 calls, 2 cases of the candidate \(6 diverged\), 20 generated inputs \(20 changed\), 6 that the change is not for \(6 still wrong\)\.$/,
    );
    expect(comparisonLine(evidence, cases.slice(1))).toMatch(/^300 same inputs: .*better\)\.$/);
    expect(sourcesInWords(cases)).toBe("301 calls, 9 test cases, 20 generated inputs, 2 cases of the candidate");
  });
  it("says that nothing was compared", () => {
    const none = withSummary({ ab: { ...evidence.summary.ab, n: 0 } });
    expect(comparisonLine(none, [])).toBe("No input ran through both versions.");
    expect(latencyLine(none)).toBeNull();
  });
  it("calls latency slower only where a case was", () => {
    expect(latencyLine(evidence)).toBe("p95 210 → 212 ms, no clear difference");
    expect(latencyLine(withSummary({ counts: { slower: 2 } }))).toBe("p95 210 → 212 ms, slower");
  });
  it("counts good answers that changed among the good answers, and says of which the bound is", () => {
    const agreement = { comparable: 72, agreed: 72, changed: 3, lowerBound: 0.9592, upperBound: 1, threshold: 0.95 };
    expect(agreementLine(withSummary({ agreement }))).toBe(
      "72 of 75 good answers unchanged, 3 changed (at least 95.9 % of the others), 95 % asked",
    );
  });
  it("rounds a bound down", () => {
    expect(agreementLine(evidence)).toBe("258 of 258 good answers unchanged (at least 98.8 %), 95 % asked");
  });
});

describe("casesToLookAt", () => {
  it("are those that a word would settle it by, values that nothing confirms first", () => {
    const of = (...labels: Label[]) => labels.map((label, index) => caseOf(index, label, 1));
    expect(casesToLookAt(of("agrees", "masked", "masked"))).toEqual({
      label: "masked",
      words: "Look at the 2 masked values",
    });
    expect(casesToLookAt(of("masked", "unconfirmed"))?.words).toBe("Confirm the value");
    expect(casesToLookAt(of("agrees", "repaired"))).toBeNull();
  });
  it("are none that the change is not for and left as they were, which come after what is news", () => {
    const left = { ...caseOf(0, "still_wrong", 1), aside: true };
    expect(casesToLookAt([left])).toBeNull();
    expect(casesToLookAt([{ ...left, new: { ...left.new, status: "failed" } }])?.label).toBe("still_wrong");
    expect(inReadingOrder([left, caseOf(1, "changed", 9)]).map(({ index }) => index)).toEqual([1, 0]);
  });
});

describe("headlineBeside", () => {
  it.each([
    ["Passed by replay: 59 of 59.", "By replay: 59 of 59."],
    ["Failed: 1 good answer lost.", "1 good answer lost."],
    ["Not enough to say: 3 calls.", "Not enough to say: 3 calls."],
    ["", ""],
  ])("%s", (headline, beside) => expect(headlineBeside(headline)).toBe(beside));
});

describe("alsoItems", () => {
  it("says same for what did not change, in the same order always", () => {
    expect(alsoItems(evidence).map(({ subject, state }) => `${subject} ${state}`)).toEqual([
      "Permissions same",
      "Schemas same",
      "Characteristics same",
      "Test cases same",
    ]);
  });
  it("marks wider permissions", () => {
    const wider = withSummary({
      changes: {
        permissions: ["network: example.org added"],
        schemas: [],
        characteristics: [],
        testCases: [],
        widened: true,
      },
    });
    expect(alsoItems(wider)[0]).toEqual({
      subject: "Permissions",
      state: "wider",
      details: ["network: example.org added"],
    });
  });
});

describe("decidable", () => {
  const waiting = {
    state: "awaiting_review",
    revision: 1,
    baseVersion: 7,
    activeVersion: 7,
    evidence,
    have: 0,
    required: 1,
    barred: null,
    mode: "real",
    mayApprove: true,
    mayDeploy: true,
    heldByFile: false,
    asksOthers: false,
    own: false,
  } as const;

  it("lets a person decide on a passed proposal", () => {
    expect(decidable(waiting)).toMatchObject({
      approve: true,
      whyNot: null,
      reject: true,
      requestChanges: true,
      deploy: false,
    });
  });
  it.each([
    [{ evidence: { ...evidence, verdict: "failed" as const } }, /cannot be approved/],
    [{ evidence: { ...evidence, verdict: "error" as const } }, /run them again/],
    [{ evidence: null }, /not tested yet/],
    [{ activeVersion: 8 }, /version 8 is active now/],
    [{ activeVersion: null }, /version none is active/],
    [{ mayApprove: false }, /takes a key that may “approve changes”/],
  ])("refuses approval with a reason: %#", (change, reason) => {
    const state = decidable({ ...waiting, ...change });
    expect(state.approve).toBe(false);
    expect(state.whyNot).toMatch(reason);
  });
  it("allows an inconclusive one: the dialog asks why", () => {
    expect(decidable({ ...waiting, evidence: { ...evidence, verdict: "inconclusive" } }).approve).toBe(true);
  });
  it("says how many approvals there are and how many it takes", () => {
    expect(decidable({ ...waiting, have: 2, required: 3 }).approvals).toEqual({ have: 2, need: 3 });
  });
  it("offers deployment once it is approved, and no other decision", () => {
    expect(decidable({ ...waiting, state: "approved" })).toMatchObject({ approve: false, whyNot: null, deploy: true });
    expect(decidable({ ...waiting, state: "approved", mayDeploy: false })).toMatchObject({
      deploy: false,
      whyNot: expect.stringContaining("“deploy and roll back”"),
    });
    expect(decidable({ ...waiting, state: "approved", activeVersion: 8 }).deploy).toBe(false);
    const held = { approve: false, deploy: false, whyNot: expect.stringContaining("in Sync") };
    expect(decidable({ ...waiting, heldByFile: true })).toMatchObject(held);
    expect(decidable({ ...waiting, heldByFile: true, state: "approved" })).toMatchObject(held);
    expect(decidable({ ...waiting, heldByFile: true, asksOthers: true }).approve).toBe(true);
    expect(decidable({ ...waiting, own: true, have: 1, required: 2 })).toMatchObject({
      approve: false,
      whyNot: "You have approved it: one more person has to.",
    });
    expect(decidable({ ...waiting, own: true, have: 1, required: 1 }).whyNot).toContain("one more person has to");
  });
  it("offers to deploy what was simulated, once the mode is real", () => {
    expect(decidable({ ...waiting, state: "simulated" }).deploy).toBe(true);
    expect(decidable({ ...waiting, state: "simulated", mode: "simulated" }).deploy).toBe(false);
  });
  it("lets a person say no until it is deployed or closed", () => {
    for (const state of ["approved", "simulated", "changes_requested", "stale"] as const)
      expect(decidable({ ...waiting, state }).reject).toBe(true);
    expect(decidable({ ...waiting, evidence: null })).toMatchObject({ reject: true, requestChanges: true });
    for (const state of ["testing", "monitoring", "rejected", "rolled_back"] as const)
      expect(decidable({ ...waiting, state }).reject).toBe(false);
  });
});

describe("approveWords", () => {
  it("says that a simulated approval writes nothing", () => {
    expect(approveWords("simulated", 8, 1, true).button).toBe("Approve (simulated: nothing is written)");
  });
  it("names the version that a real one deploys", () => {
    expect(approveWords("real", 8, 1, true).button).toBe("Approve and deploy v8");
  });
  it("does not promise a deployment where more people have to approve", () => {
    expect(approveWords("real", 8, 1, false)).toMatchObject({
      button: "Approve",
      effect: expect.stringMatching(/waits/),
    });
    expect(approveWords("simulated", 8, 1, true, "in_sync", ["lea"]).effect).toMatch(/^Approved by lea\. Says what/);
    expect(approveWords("real", 8, 1, true, "differs")).toMatchObject({ button: "Approve" });
    expect(approveWords("simulated", 8, 1, true, "differs").button).toContain("simulated");
    expect(approveWords("real", 8, 2, true)).toEqual({
      button: "Approve",
      effect: "It needs 2 more approvals before anything is deployed.",
    });
  });
});

const side = { status: "succeeded", latencyMs: 1, effects: [] } as const;

function caseOf(index: number, label: Label, size: number): EvidenceCase {
  return {
    index,
    label,
    source: "recorded",
    description: "",
    input: "x".repeat(size),
    target: false,
    old: { ...side, effects: [] },
    new: { ...side, effects: [] },
    differences: [],
  };
}

describe("inReadingOrder", () => {
  it("knows every label", () => {
    expect([...LABEL_ORDER].sort()).toEqual([...Label.options].sort());
  });
  it("puts what went wrong before what went right, and short inputs before long ones, losing none", () => {
    const cases = fc
      .array(fc.tuple(fc.constantFrom(...Label.options), fc.nat({ max: 30 })))
      .map((pairs) => pairs.map(([label, size], index) => caseOf(index, label, size)));
    fc.assert(
      fc.property(cases, (given) => {
        const ordered = inReadingOrder(given);
        expect(ordered.map(({ index }) => index).sort((a, b) => a - b)).toEqual(given.map(({ index }) => index));
        for (const [at, one] of ordered.entries()) {
          const next = ordered[at + 1];
          if (next === undefined) break;
          const rank = LABEL_ORDER.indexOf(one.label) - LABEL_ORDER.indexOf(next.label);
          expect(rank).toBeLessThanOrEqual(0);
          if (rank === 0) expect(String(one.input).length).toBeLessThanOrEqual(String(next.input).length);
        }
      }),
    );
  });
});
