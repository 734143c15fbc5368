import type { Deployment } from "#lib/core/deployment.ts";
import type { TrafficBucket } from "#lib/ports/executions.ts";
import type { Mark, TrafficPoint } from "./traffic-chart.tsx";

/** Slices of traffic as the chart takes them: plain numbers, which cross to the browser. */
export const trafficPoints = (traffic: readonly TrafficBucket[]): TrafficPoint[] =>
  traffic.map(({ at, calls, failures, refused, p50Ms, p95Ms }) => ({
    at: at.getTime(),
    succeeded: calls - failures,
    failures,
    refused,
    p50Ms,
    p95Ms,
  }));

/** What was deployed and rolled back, to be marked in a chart. */
export const deploymentMarks = (deployments: readonly Pick<Deployment, "kind" | "startedAt" | "toVersion">[]): Mark[] =>
  deployments.map(({ kind, startedAt, toVersion }) => ({
    kind: "deployment",
    at: startedAt.getTime(),
    label: kind === "rollback" ? `back to ${toVersion}` : `version ${toVersion}`,
  }));
