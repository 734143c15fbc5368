/** Figures for Prometheus: what was asked of this process, and how the installation stands. */
import type { Context } from "#lib/commands/command.ts";
import { listTools } from "#lib/queries/tools.ts";

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const WINDOW_MINUTES = 5;

type Series = { readonly labels: string; count: number; sum: number; readonly buckets: number[] };

export type RequestMetrics = {
  /** Counts one answered request; `route` is a name of the registry, never a path that somebody made up. */
  count(route: string, method: string, status: number, seconds: number): void;
  lines(): string[];
};

/** Counters of this process. */
export function createRequestMetrics(): RequestMetrics {
  const series = new Map<string, Series>();
  return {
    count(route, method, status, seconds) {
      const key = `${route} ${method} ${status}`;
      let one = series.get(key);
      if (one === undefined) {
        one = {
          labels: labels({ route, method, status: String(status) }),
          count: 0,
          sum: 0,
          buckets: BOUNDS.map(() => 0),
        };
        series.set(key, one);
      }
      one.count++;
      one.sum += seconds;
      for (let index = BOUNDS.length - 1; index >= 0 && seconds <= (BOUNDS[index] as number); index--)
        one.buckets[index] = (one.buckets[index] ?? 0) + 1;
    },
    lines() {
      const name = "whetstone_http_request_duration_seconds";
      const lines = [`# HELP ${name} Time to answer requests of the API.`, `# TYPE ${name} histogram`];
      for (const { labels: key, count, sum, buckets } of series.values()) {
        BOUNDS.forEach((bound, index) => {
          lines.push(`${name}_bucket{${key},le="${bound}"} ${buckets[index]}`);
        });
        lines.push(
          `${name}_bucket{${key},le="+Inf"} ${count}`,
          `${name}_sum{${key}} ${sum}`,
          `${name}_count{${key}} ${count}`,
        );
      }
      return lines;
    },
  };
}

/** The label pairs of one series, values escaped as the text format wants them. */
export function labels(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
    )
    .join(",");
}

type Sample = readonly [pairs: Readonly<Record<string, string>>, value: number];

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([pairs, value]) => {
      const inside = labels(pairs);
      return `${name}${inside === "" ? "" : `{${inside}}`} ${value}`;
    }),
  ];
}

/** The whole page in the text format of Prometheus. */
export async function metricsText(ctx: Context, requests: RequestMetrics): Promise<string> {
  const { database } = ctx;
  const since = new Date(ctx.clock.now().getTime() - WINDOW_MINUTES * 60_000);
  const [{ items: tools }, recent, { items: opportunities }, waiting, queued, running] = await Promise.all([
    listTools(ctx),
    database.executions.statistics({ since }),
    database.opportunities.list({ state: "open" }, { limit: 200 }),
    database.proposals.list({ state: "awaiting_review" }, { limit: 200 }),
    database.jobs.list({ state: "queued" }, { limit: 200 }),
    database.jobs.list({ state: "running" }, { limit: 200 }),
  ]);
  const executions: Sample[] = [];
  const latencies: Sample[] = [];
  for (const { tool, version, counts, p50Ms, p95Ms } of recent) {
    const of = { tool, version: String(version) };
    for (const [status, count] of Object.entries(counts)) executions.push([{ ...of, status }, count]);
    latencies.push([{ ...of, quantile: "0.5" }, p50Ms / 1000], [{ ...of, quantile: "0.95" }, p95Ms / 1000]);
  }
  const kinds = Map.groupBy(opportunities, ({ kind }) => kind);
  const sandbox = ctx.sandbox.describe();
  const usage = process.resourceUsage();
  return [
    ...gauge("whetstone_recent_executions", `Executions of the last ${WINDOW_MINUTES} minutes by outcome.`, executions),
    ...gauge("whetstone_recent_latency_seconds", `Latency quantiles of the last ${WINDOW_MINUTES} minutes.`, latencies),
    ...gauge(
      "whetstone_tool_health",
      "1 for the health that a tool has.",
      tools.map(({ name, health }) => [{ tool: name, health }, 1]),
    ),
    ...gauge(
      "whetstone_tool_sync",
      "1 for the sync state that a tool file has.",
      tools.map(({ name, syncState }) => [{ tool: name, state: syncState }, 1]),
    ),
    ...gauge(
      "whetstone_open_opportunities",
      "Open opportunities by kind.",
      [...kinds].map(([kind, items]) => [{ kind }, items.length]),
    ),
    ...gauge("whetstone_proposals_awaiting_review", "Proposals that wait for a person.", [[{}, waiting.items.length]]),
    ...gauge("whetstone_jobs", "Jobs by state.", [
      [{ state: "queued" }, queued.items.length],
      [{ state: "running" }, running.items.length],
    ]),
    ...gauge("whetstone_sandbox_workers", "Sandbox workers, and whether they are jailed.", [
      [{ engine: sandbox.engine, jailed: String(sandbox.jailed) }, sandbox.workers],
    ]),
    ...gauge("process_resident_memory_bytes", "Resident memory of this process.", [[{}, process.memoryUsage.rss()]]),
    "# HELP process_cpu_seconds_total User and system time of this process.",
    "# TYPE process_cpu_seconds_total counter",
    `process_cpu_seconds_total ${(usage.userCPUTime + usage.systemCPUTime) / 1e6}`,
    ...requests.lines(),
    "",
  ].join("\n");
}
