/** How long the evidence of a typical tool takes that has ten thousand recorded executions. */
import type { ImportedExecution } from "#lib/ports/executions.ts";
import type { ProvingGround } from "./proving-ground.ts";
import { answeredInputs, situationOf } from "./situation.ts";
import type { Task } from "./task.ts";
import { inputOf, toolSource } from "./tool-source.ts";

export const RECORDED = 10_000;
const DIFFERENT = 400;
const RUNS = 5;

/** Seconds for one proposal, the median of a few; the first one warms the compiler and is left out. */
export async function evidenceSeconds(ground: ProvingGround, task: Task, seed: number): Promise<number> {
  const name = `${task.id}-busy`;
  const version = await ground.install(name, toolSource(name, task, task.canonical));
  const inputs = answeredInputs(task, DIFFERENT, seed);
  const { calls } = situationOf(task, task.canonical, inputs, DIFFERENT, seed);
  await ground.record(
    version,
    calls.map(({ args }) => ({ input: inputOf(task, args) })),
  );
  const { items } = await ground.database.executions.list({ tool: name }, { limit: 200 });
  const copies: ImportedExecution[] = Array.from({ length: RECORDED - calls.length }, (_, at) => {
    const { id: _id, ...like } = items[at % items.length] as (typeof items)[number];
    return { ...like, externalId: `${name}-copy-${at}`, startedAt: new Date(like.startedAt.getTime() - at * 1_000) };
  });
  for (let at = 0; at < copies.length; at += 2_000) await ground.load(version, copies.slice(at, at + 2_000));
  const seconds: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const source = `${version.source}// ${run}\n`;
    const proved = await ground.prove(version, source, "other", { remembering: false });
    if (run > 0) seconds.push(proved.seconds);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
}
