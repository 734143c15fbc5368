/** Room 2: recorded executions become opportunities, opened, updated or resolved. */
import { Problem } from "#lib/core/problem.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { DetectResult, Pipeline } from "../rooms.ts";
import { gather } from "./gather.ts";
import { keep } from "./keep.ts";

/** Opens the door: `detect` looks over one tool, or all of them. */
export function createDetect(ports: { database: Database; clock: Clock }): Pipeline["detect"] {
  const { database } = ports;
  return async ({ tool: only }, work) => {
    const all = await database.tools.list();
    const tools = only === undefined ? all : all.filter(({ name }) => name === only);
    if (only !== undefined && tools.length === 0) {
      throw new Problem("not_found", `There is no tool named ${only}: look at the list of tools for its name.`);
    }
    const settings = await database.settings.get();
    const result: DetectResult = { opened: [], updated: [], resolved: [], toolsExamined: 0 };
    for (const [index, tool] of tools.entries()) {
      work.signal.throwIfAborted();
      await work.progress(`Looking over ${tool.name}`, index / tools.length);
      const record = await gather(database, tool, settings);
      if (record === null) continue;
      result.toolsExamined += 1;
      for (const { change, opportunity } of await keep(ports, record)) result[change].push(opportunity);
    }
    for (const list of [result.opened, result.updated]) list.sort((a, b) => b.priority - a.priority);
    await work.progress(`Looked over ${result.toolsExamined} tools`, 1);
    return result;
  };
}
