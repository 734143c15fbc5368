import { describe, expect, it } from "vitest";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { describeUntested, newestOf } from "./describe-tested.ts";

const side: EvidenceCase["old"] = { status: "succeeded", latencyMs: 1, effects: [] };
const tested = (input: EvidenceCase["input"], label: EvidenceCase["label"] = "agrees"): EvidenceCase => ({
  index: 0,
  label,
  source: "recorded",
  description: "",
  input,
  target: false,
  old: side,
  new: side,
  differences: [],
});
const now = new Date("2026-03-03T12:00:00Z");

describe("describeUntested", () => {
  it("names values never seen, diverged cases, the age of the traffic and the missing shadow", () => {
    expect(
      describeUntested({
        strategy: "shadow",
        strategyUsed: "replay",
        inputSchema: { properties: { currency: { enum: ["EUR", "USD", "JPY"] }, free: { type: "string" } } },
        cases: [tested({ currency: "EUR" }), tested({ currency: "EUR" }, "diverged")],
        newest: new Date("2026-03-03T10:00:00Z"),
        now,
      }),
    ).toEqual([
      "Live calls: not enough of them yet, recorded ones were replayed.",
      "What changed since the newest recording, which was 2 h old when this was tested.",
      "1 case that asked for effects which were not recorded.",
      '"currency" with USD, JPY: never seen.',
    ]);
  });

  it("says that there is no traffic", () => {
    const reach = {
      strategy: "synthetic",
      strategyUsed: "synthetic",
      inputSchema: {},
      cases: [],
      newest: null,
      now,
    } as const;
    expect(describeUntested(reach)).toEqual(["Recorded traffic: there is none."]);
    expect(describeUntested({ ...reach, strategy: "shadow" })).toEqual([
      "Live calls: not enough of them yet.",
      "Recorded traffic: there is none.",
    ]);
  });
});

describe("newestOf", () => {
  it("finds the newest, and none among none", () => {
    expect(newestOf([{ startedAt: new Date(1) }, { startedAt: new Date(3) }, { startedAt: new Date(2) }])).toEqual(
      new Date(3),
    );
    expect(newestOf([])).toBeNull();
  });
});
