/** Runs a tool's own cases and those that people kept on its active version; the world is never touched. */
import { meetsExpectation } from "#lib/core/labels.ts";
import { Problem } from "#lib/core/problem.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { SuiteRun, Work } from "../rooms.ts";
import { suiteOf } from "./gather.ts";
import { inParallel } from "./in-parallel.ts";
import type { TestPorts } from "./index.ts";
import { MachineryLost, runCase, runnable } from "./run-case.ts";

const WIDTH = 4;

/**
 * @throws Problem `not_found` for an unknown tool, `conflict` where no version answers, `unavailable` where the sandbox
 * was lost
 */
export async function runSuite({ database, sandbox }: TestPorts, name: string, work: Work): Promise<SuiteRun> {
  const tool = await database.tools.find(name);
  if (tool === null) throw new Problem("not_found", `There is no tool "${name}".`);
  const version = tool.activeVersion === null ? null : await database.versions.find(name, tool.activeVersion);
  if (version === null)
    throw new Problem(
      "conflict",
      `No version of ${name} answers calls: repair its file first. ${tool.loadError ?? ""}`,
    );
  const kept = await database.executions.cases(name);
  const planned = suiteOf(version.manifest, kept);
  const written = planned.length - kept.length;
  const one = runnable(name, version.source, version.manifest);
  let done = 0;
  const told = (): Promise<void> =>
    work.progress(`${done} of ${plural(planned.length, "case")}`, done / Math.max(1, planned.length));
  try {
    await told();
    const cases = await inParallel(planned, WIDTH, async (planned, index) => {
      const stored = kept[index - written];
      const { side } = await runCase(sandbox, one, planned, work.signal);
      done += 1;
      await told();
      return {
        ...(stored === undefined ? {} : { id: stored.id }),
        description: planned.description,
        input: planned.input,
        kept: stored !== undefined,
        passed: meetsExpectation(side, planned),
        status: side.status,
        latencyMs: side.latencyMs,
        ...(side.output === undefined ? {} : { output: side.output }),
        ...(side.error === undefined ? {} : { error: side.error }),
        ...(planned.expectedOutput === undefined ? {} : { expectedOutput: planned.expectedOutput }),
        ...(planned.shouldThrow === undefined ? {} : { shouldThrow: planned.shouldThrow }),
      };
    });
    return { version, cases };
  } catch (error) {
    if (!(error instanceof MachineryLost)) throw error;
    throw new Problem("unavailable", `The cases could not be run: ${error.message}. Run them again.`);
  }
}
