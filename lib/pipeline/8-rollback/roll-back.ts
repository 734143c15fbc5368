/** Makes an earlier version active again, with the mechanics of a deployment. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import { policyOf } from "#lib/core/policy.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Tool, Version } from "#lib/core/version.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { MakeActive, Probe } from "../6-deploy/index.ts";
import type { RollBackRequest } from "../rooms.ts";
import { decideRollBack, type RollBackFacts } from "./decide.ts";

export type RollBackParts = { readonly database: Database; readonly clock: Clock; readonly makeActive: MakeActive };

/** Calls that the version once answered, tried again. */
const REMEMBERED_CALLS = 10;

/**
 * Rolls a tool back; in simulated mode it says what it would have done.
 * @throws Problem `not_found` for an unknown tool; `conflict` where there is nothing to go back to
 */
export async function rollBack(
  { database, makeActive }: RollBackParts,
  request: RollBackRequest,
  actor: Actor,
): Promise<Deployment> {
  const { tool, ...facts } = await gatherFacts(database, request.tool);
  const answer = decideRollBack({ tool: tool.name, ...facts }, request);
  if (answer.kind === "refused") throw new Problem("conflict", answer.reason);
  const [from, to] = await database.together(({ versions }) =>
    Promise.all([versions.find(tool.name, answer.from), versions.find(tool.name, answer.to)]),
  );
  if (from === null || to === null)
    throw new Problem("conflict", `The history of ${tool.name} has a gap: name another version.`);
  return makeActive(
    {
      kind: "rollback",
      tool: tool.name,
      from,
      to: { source: to.source, hash: to.hash, birth: null },
      proposal: null,
      probes: probesFor(database, tool, to),
      mode: request.mode,
      reason: request.reason.trim() || (request.unsaid ?? "rolled back by hand"),
    },
    actor,
  );
}

async function gatherFacts(
  database: Database,
  name: string,
): Promise<Omit<RollBackFacts, "tool"> & { readonly tool: Tool }> {
  const [tool, hashes, done, global] = await database.together(({ tools, versions, deployments, settings }) =>
    Promise.all([
      tools.find(name),
      versions.hashes(name),
      readAll((cursor) => deployments.list({ tool: name, state: "done" }, { limit: 200, cursor })),
      settings.get(),
    ]),
  );
  if (tool === null) throw new Problem("not_found", `There is no tool ${name}.`);
  const { reasonRequired } = policyOf(global, tool.settings);
  return {
    tool,
    activeVersion: tool.activeVersion,
    versions: hashes.map(({ number }) => number),
    deployments: done,
    reasonRequired,
  };
}

/** Every page of a list. */
async function readAll<T>(
  read: (
    cursor: string | undefined,
  ) => Promise<{ readonly items: readonly T[]; readonly nextCursor?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}

/** It has to answer, not to be right: somebody goes back to an old version although it has its faults. */
async function probesFor(database: Database, tool: Tool, { number, manifest }: Version): Promise<Probe[]> {
  const { items } = await database.executions.list(
    { tool: tool.name, version: number, status: "succeeded" },
    { limit: REMEMBERED_CALLS },
  );
  const calls = items.map(({ id, input, effects }) => ({
    description: `recorded call ${id}`,
    input,
    journal: effects,
  }));
  const cases = manifest.testCases
    .filter(({ effects }) => (effects ?? []).length === 0)
    .map(({ description, input }) => ({ description, input, journal: [] }));
  return [...calls, ...cases].map((one) => ({ ...one, expected: null, noise: [] }));
}
