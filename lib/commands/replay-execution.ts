/** Runs a recorded call again, its effects answered from the record: the world is not touched, and nothing is recorded. */
import { z } from "zod";
import { compare } from "#lib/core/comparison.ts";
import { Difference, SideResult } from "#lib/core/evidence.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { inputErrors, rejectionOf, toOutcome } from "#lib/core/outcome.ts";
import { Problem } from "#lib/core/problem.ts";
import { keepsInput } from "#lib/core/recording.ts";
import { maskExecution } from "#lib/core/sensitive.ts";
import type { Version } from "#lib/core/version.ts";
import { DEFAULT_LIMITS } from "#lib/ports/sandbox.ts";
import { findActiveVersion, findExecution, findTool, findVersion } from "#lib/queries/find-or-refuse.ts";
import { schemasOf } from "#lib/queries/masked.ts";
import { type Context, defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const ReplayExecution = z.object({
  id: z.string().describe("Id of an execution"),
  version: z.coerce.number().int().min(1).max(2_147_483_647).optional().describe("The active one when left out"),
});

export const Replayed = SideResult.extend({
  version: z.number().int(),
  /** Ended as it did, with an equal output or the same error. */
  same: z.boolean(),
  differences: z.array(Difference).describe("Where the output differs from the recorded one"),
});
export type Replayed = z.infer<typeof Replayed>;

export const replayExecution = defineCommand({
  name: "executions.replay",
  summary: "Run a recorded call again with its recorded effects",
  scope: "operate",
  input: ReplayExecution,
  async run({ ctx, input }): Promise<Replayed> {
    const execution = await findExecution(ctx.database, input.id);
    const tool = await findTool(ctx.database, execution.tool);
    if (!keepsInput(execution))
      throw new Problem(
        "conflict",
        `This call of ${tool.name} was recorded as "${execution.recording}": its input is not kept, so it cannot run again.`,
      );
    const version =
      input.version === undefined
        ? await findActiveVersion(ctx.database, tool)
        : await findVersion(ctx.database, tool.name, input.version);
    const side = await replay(ctx, version, execution);
    const differences = compare(execution.output, side.output);
    const same =
      side.status === execution.status &&
      differences.length === 0 &&
      (side.error?.code ?? side.error?.name) === (execution.error?.code ?? execution.error?.name) &&
      side.error?.message === execution.error?.message;
    // What the schemas hide is hidden in the answer and in what differs, too.
    const ran = await schemasOf(ctx.database, tool.name, execution.version);
    const [before, after] = [execution, { ...side, input: execution.input }].map((one) =>
      maskExecution(version.manifest, ran === null ? one : maskExecution(ran, one)),
    ) as [Execution, SideResult & { input: Json }];
    const { input: _input, ...shown } = after;
    return record(ctx, async () => ({
      answer: {
        ...shown,
        version: version.number,
        same,
        differences: hideLike(differences, before.output, after.output),
      },
      audit: {
        verb: "execution.replayed",
        tool: tool.name,
        subject: { kind: "execution", id: execution.id },
        summary: `replayed a call of ${tool.name} on version ${version.number}: ${same ? "ended as recorded" : `${side.status}, recorded as ${execution.status}`}`,
      },
    }));
  },
});

async function replay(
  ctx: Context,
  { tool, source, hash, manifest }: Version,
  execution: Execution,
): Promise<SideResult> {
  const faults = inputErrors(manifest, execution.input);
  if (faults.length > 0) return { status: "rejected", error: rejectionOf(faults), latencyMs: 0, effects: [] };
  const result = await ctx.sandbox.run({
    module: { name: tool, source, hash },
    manifest,
    input: execution.input,
    limits: DEFAULT_LIMITS,
    effects: { mode: "replay", journal: execution.effects },
    ...(ctx.signal === undefined ? {} : { signal: ctx.signal }),
  });
  const { latencyMs, effects } = result;
  if (result.kind === "diverged") return { status: "diverged", latencyMs, effects, askedFor: result.askedFor };
  return { ...toOutcome(manifest, result), latencyMs, effects };
}

/** The differences as the masked outputs show them: two hidden values that differ are said to differ, without a value. */
function hideLike(
  differences: readonly Difference[],
  before: Execution["output"],
  after: SideResult["output"],
): Difference[] {
  const shown = new Map(compare(before, after).map((one) => [one.path, one]));
  return differences.map(({ path }) => shown.get(path) ?? { path });
}
