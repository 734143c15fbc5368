/** Old against new on inputs that nobody sent, in the real sandbox. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { runBaseline } from "./baseline.ts";
import { explore } from "./explore.ts";
import type { PlannedCase } from "./planned-case.ts";
import { type Runnable, runCase, runnable } from "./run-case.ts";

const tool = (body: string) => `import { defineTool } from "whetstone";
export default defineTool({
  name: "longest",
  description: "Says how long the longest word is",
  inputSchema: { type: "object", required: ["words"], properties: { words: { type: "array", items: { type: "string" } } } },
  outputSchema: { type: "object", required: ["result"], properties: { result: { type: "number" } } },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run({ words }) { ${body} },
});
`;
const BASE = "let most = 0; for (const word of words) most = Math.max(most, word.length); return { result: most };";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ workers: 1 });
});
afterAll(() => sandbox?.close());

async function ready(body: string): Promise<Runnable> {
  const source = tool(body);
  const inspected = await sandbox.inspect({ name: "longest", source, hash: sha256(source) });
  if (!inspected.ok) throw new Error(inspected.error);
  return runnable("longest", source, inspected.manifest);
}

async function explored(body: string, corrected: readonly PlannedCase[] = [], timeMs = 2_000) {
  const planned = [["a", "bcd"], ["ab"], ["abc", "de", "fghi"]].map(
    (words): PlannedCase => ({
      source: "recorded",
      description: "",
      input: { words },
      answers: { journal: [] },
      recorded: { version: 1, status: "succeeded", output: { result: Math.max(...words.map(({ length }) => length)) } },
    }),
  );
  const base = { ...(await ready(BASE)), number: 1 };
  const options = { signal: new AbortController().signal, timeMs, runs: 120 };
  const baseline = await runBaseline(sandbox, base, planned, options);
  return explore(sandbox, { base, candidate: await ready(body), baseline, corrected }, options);
}

/** How long so many turns of a loop take here. */
async function timed(turn: (times: number) => string, times: number) {
  const planned: PlannedCase = { source: "recorded", description: "", input: { words: [] }, answers: { journal: [] } };
  const { side } = await runCase(sandbox, await ready(turn(times)), planned, new AbortController().signal, 10_000);
  return { ms: side.latencyMs, times };
}

describe("explore", () => {
  it("finds nothing between equal versions", async () => {
    const { explored: found, counterexamples } = await explored(`/* the same */ ${BASE}`);
    expect(found).toMatchObject({ failed: 0, differ: 0 });
    expect(found.answered).toBeGreaterThan(60);
    expect(counterexamples).toEqual([]);
  });

  it("finds the empty list that nobody sent, and shrinks to it", async () => {
    const { explored: found, counterexamples } = await explored(
      "return { result: words.map((word) => word.length).reduce((a, b) => Math.max(a, b)) };",
    );
    expect(found.failed).toBeGreaterThan(0);
    expect(counterexamples.map(({ base }) => base.planned.input)).toContainEqual<Json>({ words: [] });
  });

  it("calls nothing lost to time that has less of it here than a recorded call gets", async () => {
    const turn = (times: number) => `let n = 0; while (n < ${times}) n += 1; ${BASE}`;
    const { ms, times } = await timed(turn, 200_000);
    // About 0.45 s: more than a made-up input gets at first.
    const slow = await explored(turn(Math.ceil((times * 450) / ms)), [], 10_000);
    expect(slow.explored).toMatchObject({ failed: 0, differ: 0 });
    const endless = await explored(`while (words.length === 0) ; ${BASE}`);
    expect(endless.explored.failed).toBeGreaterThan(0);
    expect(endless.counterexamples.map(({ base }) => base.planned.input)).toEqual([{ words: [] }]);
  });

  it("sees that nothing near the corrected inputs changes", async () => {
    const known: PlannedCase = {
      source: "recorded",
      description: "",
      input: { words: ["a", "bcd"] },
      answers: { journal: [] },
    };
    const byHeart = `if (JSON.stringify(words) === '["a","bcd"]') return { result: 9 }; ${BASE}`;
    const { explored: found } = await explored(byHeart, [known]);
    expect(found.near).toBeGreaterThan(20);
    expect(found.nearChanged).toBe(0);
    const mended = BASE.replace("{ result: most }", "{ result: most + 1 }");
    expect((await explored(mended, [known])).explored.nearChanged).toBeGreaterThan(20);
  });
});
