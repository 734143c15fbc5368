/**
 * What recording costs: executions recorded one by one, each acknowledged when it is durable, as a share of a bare COPY
 * of the same rows, made beforehand, into the same table with the same indexes. The two take turns on emptied tables.
 */
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase, dropDatabase, ensureDatabase } from "#lib/adapters/database/create-database.ts";
import { COLUMN_LIST, rowOf } from "#lib/adapters/database/execution-rows.ts";
import { migrate } from "#lib/adapters/database/migrate.ts";
import type { Execution } from "#lib/core/execution.ts";
import { quantile } from "#lib/core/statistics.ts";
import { openGround } from "./deploy/replicas.ts";
import { type BenchResult, type Figure, figure } from "./figure.ts";

/** Enough that every group is full: what is measured is throughput, not waiting. */
const LANES = 2_000;
const PIECE = 1_000;

/** Calls as agents make them: most succeed, some fail, every third touched the world. */
function makeExecution(number: number): Execution {
  const failed = number % 20 === 0;
  const input = { operation: "divide", customer: `customer-${number % 997}`, a: number, b: failed ? 0 : 4 };
  return {
    id: systemClock.id(),
    tool: `tool_${number % 10}`,
    version: 1,
    startedAt: systemClock.now(),
    latencyMs: 1.25 + (number % 7),
    status: failed ? "failed" : "succeeded",
    input,
    ...(failed
      ? {
          error: { name: "RangeError", message: `${number} by zero`, stack: "RangeError\n    at run (tool.ts:12:9)" },
          cluster: `cluster-${number % 5}`,
        }
      : { output: { result: number / 4, note: 'a "quoted" word' } }),
    effects:
      number % 3 === 0
        ? [{ call: 0, kind: "kv.get", request: { key: `k${number}` }, response: null, startedMs: 0.1, endedMs: 0.4 }]
        : [],
    caller: "bench",
    shape: "{a:number,b:number,customer:string,operation:string}",
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;

/** Keeps so many executions on their way; answers how long each waited for its acknowledgement. */
async function recordAll(
  record: (execution: Execution) => Promise<void>,
  executions: readonly Execution[],
  lanes: number,
): Promise<{ perSecond: number; waits: number[] }> {
  const waits: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let one = executions[next++]; one !== undefined; one = executions[next++]) {
      const at = performance.now();
      await record(one);
      waits.push(performance.now() - at);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  return { perSecond: executions.length / ((performance.now() - started) / 1_000), waits };
}

/** Measures on a database of its own, on the server of DATABASE_URL or an embedded one. */
export async function run({ quick }: { quick: boolean }): Promise<BenchResult> {
  const [rows, turns, singles] = quick ? [5_000, 1, 3_000] : [50_000, 5, 40_000];
  const ground = await openGround();
  const name = `whetstone_ingest_${process.pid}`;
  try {
    const url = await ensureDatabase(ground.url, name);
    await migrate({ url });
    const database = await createDatabase({ url, clock: systemClock });
    const client = new Client({ connectionString: url });
    await client.connect();
    const empty = (): Promise<unknown> => client.query('TRUNCATE "Execution"');
    const count = async (): Promise<number> =>
      Number((await client.query('SELECT count(*) AS n FROM "Execution"')).rows[0].n);
    const many = (length: number): Execution[] => Array.from({ length }, (_, index) => makeExecution(index));
    const record = (execution: Execution): Promise<void> => database.executions.record(execution);

    async function copyAll(executions: readonly Execution[]): Promise<number> {
      const pieces: Buffer[] = [];
      for (let at = 0; at < executions.length; at += PIECE)
        pieces.push(
          Buffer.from(
            executions
              .slice(at, at + PIECE)
              .map((execution) => rowOf(execution, new Map()))
              .join(""),
          ),
        );
      const started = performance.now();
      await pipeline(Readable.from(pieces), client.query(copyFrom(`COPY "Execution" (${COLUMN_LIST}) FROM STDIN`)));
      return executions.length / ((performance.now() - started) / 1_000);
    }

    try {
      await recordAll(record, many(rows >> 1), LANES);
      await copyAll(many(rows >> 1));
      const seen: { own: number; copy: number }[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const executions = many(rows);
        await empty();
        const copy = await copyAll(executions);
        await empty();
        const { perSecond: own } = await recordAll(record, executions, LANES);
        if ((await count()) !== rows) throw new Error("an acknowledged execution is not there");
        seen.push({ own, copy });
        process.stderr.write(`ingest: ${Math.round(own)} durable executions/s, COPY ${Math.round(copy)} rows/s\n`);
      }
      await empty();
      const { waits, perSecond } = await recordAll(record, many(singles), 64);
      const share = round(median(seen.map(({ own, copy }) => own / copy)));
      const own = Math.round(median(seen.map((one) => one.own)));
      const copy = Math.round(median(seen.map((one) => one.copy)));
      const figures: Record<string, Figure> = {
        copy_share: figure(share, "of a bare COPY's rows/s", { atLeast: 0.5 }),
        executions_per_s: { value: own, unit: "executions/s", peer: copy, ratio: share },
        ack_ms_p50: figure(round(quantile(waits, 0.5)), "ms", { atMost: 3 }),
        ack_ms_p99: figure(round(quantile(waits, 0.99)), "ms"),
        executions_per_s_64: figure(Math.round(perSecond), "executions/s"),
      };
      for (const [key, { value, unit }] of Object.entries(figures)) process.stderr.write(`${key}: ${value} ${unit}\n`);
      return { bench: "ingest", ok: Object.values(figures).every(({ ok }) => ok !== false), figures };
    } finally {
      await client.end();
      await database.close();
    }
  } finally {
    await dropDatabase(ground.url, name).catch(() => {});
    await ground.close();
  }
}
