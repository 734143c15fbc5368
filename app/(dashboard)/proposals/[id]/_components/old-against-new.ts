import type { EvidenceCase } from "#lib/core/evidence.ts";

/** Latency of both versions at a share of the cases, in milliseconds. */
export type LatencyPoint = { percentile: number; oldMs: number; newMs: number };

/** Quantiles of both versions' latencies on the inputs that both ran; empty where there are none. */
export function latencyQuantiles(cases: readonly EvidenceCase[]): LatencyPoint[] {
  const both = cases.filter(
    ({ label, source, old, new: fresh }) =>
      source !== "candidate_case" && label !== "diverged" && ran(old.status) && ran(fresh.status),
  );
  if (both.length === 0) return [];
  const [before, after] = [both.map(({ old }) => old.latencyMs), both.map(({ new: fresh }) => fresh.latencyMs)];
  return PERCENTILES.map((percentile) => ({
    percentile,
    oldMs: quantile(before, percentile / 100),
    newMs: quantile(after, percentile / 100),
  }));
}

const PERCENTILES = [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 100];

function ran(status: EvidenceCase["old"]["status"]): boolean {
  return status === "succeeded" || status === "refused" || status === "failed";
}

/** The nearest rank. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
