/**
 * From approve to serving: a change of version under 1,000 calls a second, on one server and on three that share a
 * database. Approvals and rollbacks go through the API; the evidence is written beforehand, since testing is not timed.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { quantile } from "#lib/core/statistics.ts";
import { CASES, digestNow, divider, GUARD, tested } from "#lib/testing/workshop.ts";
import { type Breakdown, breakdownOf, medians } from "./deploy/breakdown.ts";
import { measureFloor } from "./deploy/floor.ts";
import { type Fleet, openGround, startFleet } from "./deploy/replicas.ts";
import { post, startTraffic, type Traffic } from "./deploy/traffic.ts";
import { type BenchResult, type Figure, figure } from "./figure.ts";

const CALLS_PER_SECOND = 1_000;
const TOOL = "divider";
/** Calls that the copy answers before it goes live. */
const PROBES = 20;
const LONGEST_MS = 20_000;

export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const rounds = quick ? 8 : 30;
  const ground = await openGround();
  try {
    const one = await measureFleet(await startFleet(ground, 1, { name: TOOL, source: divider(TOOL, GUARD) }), rounds);
    const three = await measureFleet(await startFleet(ground, 3, { name: TOOL, source: divider(TOOL, GUARD) }), rounds);
    const floor = await measureFloor(ground, rounds);
    const p50 = (values: readonly number[]): number => round(quantile(values, 0.5));
    const beside = (one: Figure, peer: number): Figure => ({
      ...one,
      peer: round(peer),
      ratio: Math.round((one.value / peer) * 100) / 100,
    });
    const figures: Record<string, Figure> = {
      serve_ms_p50: beside(figure(p50(one.deploys.times), "ms", { atMost: 50 }), floor),
      serve_ms_p95: figure(round(quantile(one.deploys.times, 0.95)), "ms"),
      rollback_ms_p50: beside(figure(p50(one.rollbacks.times), "ms", { atMost: 50 }), floor),
      serve_ms_three_worst: figure(round(Math.max(...three.deploys.times)), "ms", { atMost: 1_000 }),
      serve_ms_three_p50: figure(p50(three.deploys.times), "ms"),
      rollback_ms_three_worst: figure(round(Math.max(...three.rollbacks.times)), "ms", { atMost: 1_000 }),
      failed_calls: figure(one.failed + three.failed, "calls", { atMost: 0 }),
      late_calls: figure(one.late, "calls on the old version after the answer", { atMost: 0 }),
      folders_behind: figure(three.foldersBehind, "folders", { atMost: 0 }),
      calls: figure(one.calls + three.calls, "calls"),
      calls_per_s: figure(Math.round(one.callsPerSecond), "calls/s", { atLeast: CALLS_PER_SECOND * 0.95 }),
      calls_per_s_three: figure(Math.round(three.callsPerSecond), "calls/s", { atLeast: CALLS_PER_SECOND * 0.95 }),
    };
    for (const [kind, { breakdowns }] of [
      ["deploy", one.deploys],
      ["rollback", one.rollbacks],
    ] as const)
      for (const [step, ms] of Object.entries(medians(breakdowns)))
        figures[`${kind}_ms_${step}`] = figure(round(ms), "ms");
    for (const [name, { value, unit }] of Object.entries(figures)) process.stderr.write(`${name}: ${value} ${unit}\n`);
    return { bench: "deploy", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
  } finally {
    await ground.close();
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Milliseconds of each change, and where they went. */
type Changes = { readonly times: number[]; readonly breakdowns: Breakdown[] };

type Measured = {
  deploys: Changes;
  rollbacks: Changes;
  failed: number;
  late: number;
  foldersBehind: number;
  calls: number;
  callsPerSecond: number;
};

/** Deploys and rolls back again and again while the calls go on. */
async function measureFleet(fleet: Fleet, rounds: number): Promise<Measured> {
  const { servers, database } = fleet;
  const measured: Measured = {
    deploys: { times: [], breakdowns: [] },
    rollbacks: { times: [], breakdowns: [] },
    failed: 0,
    late: 0,
    foldersBehind: 0,
    calls: 0,
    callsPerSecond: 0,
  };
  const [server] = servers;
  if (server === undefined) throw new Error("no server");
  const traffic = startTraffic(servers, TOOL, CALLS_PER_SECOND);
  const began = performance.now();
  try {
    await waitFor(() => servers.every((_, index) => traffic.calls.some((call) => call.server === index)));
    // The first round warms up and is not counted.
    for (let turn = 0; turn <= rounds; turn += 1) {
      const base = divider(TOOL, GUARD);
      const cases = Array.from({ length: PROBES }, (_, index) => ({ ...(CASES[0] as (typeof CASES)[number]), index }));
      const proposal = await tested({ database }, { tool: TOOL, source: divider(TOOL, GUARD, ` ${turn}`), cases });
      const digest = await digestNow(database, proposal.id);
      // As tests do in the same process before anybody approves: the candidate ran once.
      await post(undefined, server, `/api/v1/proposals/${proposal.id}/executions`, { input: { a: 9, b: 3 } });
      const deploy = await change(fleet, traffic, turn + 2, () =>
        post(undefined, server, `/api/v1/proposals/${proposal.id}/decisions`, {
          decision: "approve",
          digest,
          deploy: true,
        }),
      );
      const back = await change(fleet, traffic, 1, () =>
        post(undefined, server, `/api/v1/tools/${TOOL}/rollback`, { version: 1, reason: "the bench goes back" }),
      );
      process.stderr.write(
        `${servers.length} servers, round ${turn}: deploy ${round(deploy.ms)} ms, rollback ${round(back.ms)} ms\n`,
      );
      measured.foldersBehind += await foldersBehind(fleet, base);
      if (turn === 0) continue;
      for (const [changes, made] of [
        [measured.deploys, deploy],
        [measured.rollbacks, back],
      ] as const) {
        changes.times.push(made.ms);
        changes.breakdowns.push(made.breakdown);
      }
      measured.late += deploy.late + back.late;
    }
    measured.callsPerSecond = (traffic.calls.length / (performance.now() - began)) * 1000;
    for (const [kind, { times, breakdowns }] of Object.entries({
      deploy: measured.deploys,
      rollback: measured.rollbacks,
    })) {
      const parts = Object.entries(medians(breakdowns)).map(([part, ms]) => `${part} ${round(ms)}`);
      process.stderr.write(
        `${servers.length} servers, ${kind} ${round(quantile(times, 0.5))} ms in the middle: ${parts.join(", ")}\n`,
      );
    }
  } finally {
    await traffic.stop();
    await fleet.close();
  }
  measured.calls = traffic.calls.length;
  measured.failed = traffic.calls.filter(({ version }) => version === null).length;
  for (const problem of traffic.problems.slice(0, 5)) process.stderr.write(`a call failed: ${problem}\n`);
  return measured;
}

/** Time from the request until every server has answered a call with the version; late calls began after the reply. */
async function change(
  { servers, database }: Fleet,
  { calls }: Traffic,
  version: number,
  ask: () => Promise<{ status: number; body: string }>,
): Promise<{ ms: number; late: number; breakdown: Breakdown }> {
  const from = calls.length;
  const start = performance.now();
  const { status, body } = await ask();
  const replied = performance.now();
  if (status >= 300) throw new Error(`the change was refused: ${status} ${body.slice(0, 500)}`);
  const { deployment, ...answer } = JSON.parse(body) as { state?: string; deployment?: { state: string } };
  if ((deployment ?? answer).state !== "done") throw new Error(`the change was undone: ${body.slice(-500)}`);
  const firsts = (): (number | undefined)[] =>
    servers.map((_, index) => calls.slice(from).find((call) => call.server === index && call.version === version)?.end);
  await waitFor(() => firsts().every((end) => end !== undefined)).catch(async (error: unknown) => {
    const { items } = await database.deployments.list({ tool: TOOL }, { limit: 3 });
    const last = items.map(
      ({ kind, toVersion, state, monitor }) => `${kind} of ${toVersion} ${state} ${monitor?.detail ?? ""}`,
    );
    const late = firsts().flatMap((end, index) => (end === undefined ? [index] : []));
    throw new Error(`server ${late.join(", ")} never answered with version ${version}: ${last.join("; ")}`, {
      cause: error,
    });
  });
  const served = Math.max(...firsts().map((end) => end ?? Number.POSITIVE_INFINITY));
  // Let the calls that were in flight come back before the late ones are counted.
  await waitFor(() => calls.some((call) => call.start > replied + 100));
  const late = calls.slice(from).filter((call) => call.start > replied && call.version !== version).length;
  const [journal] = (await database.deployments.list({ tool: TOOL }, { limit: 1 })).items;
  if (journal === undefined) throw new Error("the change left no journal");
  return { ms: served - start, late, breakdown: breakdownOf(start, journal, served) };
}

/** Folders that do not hold the source a second after the change. */
async function foldersBehind({ folders }: Fleet, source: string): Promise<number> {
  const behind = async (): Promise<number> => {
    const texts = await Promise.all(folders.map((folder) => readFile(join(folder, `${TOOL}.ts`), "utf8")));
    return texts.filter((text) => text !== source).length;
  };
  const until = performance.now() + 1_000;
  while ((await behind()) > 0 && performance.now() < until) await nextTurn();
  return behind();
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

async function waitFor(holds: () => boolean): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  while (!holds()) {
    if (performance.now() > until) throw new Error(`what was waited for did not come within ${LONGEST_MS} ms`);
    await nextTurn();
  }
}
