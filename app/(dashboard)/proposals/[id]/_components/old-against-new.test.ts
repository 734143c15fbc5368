import { expect, it } from "vitest";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { latencyQuantiles } from "./old-against-new.ts";

function one(oldMs: number, newMs: number, change: Partial<EvidenceCase> = {}): EvidenceCase {
  const side = (latencyMs: number) => ({ status: "succeeded" as const, latencyMs, effects: [] });
  return {
    index: 0,
    label: "agrees",
    source: "recorded",
    description: "",
    input: null,
    target: false,
    old: side(oldMs),
    new: side(newMs),
    differences: [],
    ...change,
  };
}

it("ranks each version's latencies by themselves, and leaves out what cannot be compared", () => {
  const cases = Array.from({ length: 100 }, (_, index) => one(index + 1, 200 - index));
  const points = latencyQuantiles([
    ...cases,
    one(9999, 1, { label: "diverged" }),
    one(9999, 1, { source: "candidate_case" }),
    one(9999, 1, { old: { status: "timed_out", latencyMs: 9999, effects: [] } }),
  ]);
  expect(points.find(({ percentile }) => percentile === 50)).toEqual({ percentile: 50, oldMs: 50, newMs: 150 });
  expect(points.find(({ percentile }) => percentile === 95)).toEqual({ percentile: 95, oldMs: 95, newMs: 195 });
  expect(points.at(-1)).toEqual({ percentile: 100, oldMs: 100, newMs: 200 });
  expect(latencyQuantiles([])).toEqual([]);
});
