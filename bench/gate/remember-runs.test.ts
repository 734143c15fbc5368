import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { sha256 } from "#lib/core/json.ts";
import { DEFAULT_LIMITS, type Module, type RunRequest, type Sandbox } from "#lib/ports/sandbox.ts";
import { rememberRuns } from "./remember-runs.ts";

const SOURCE = `import { defineTool } from "whetstone";
export default defineTool({
  name: "twice", description: "Doubles", inputSchema: { type: "object" }, outputSchema: { type: "object" },
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] }, testCases: [],
  run(input) { return { n: input.n * 2 }; },
});
`;

describe("rememberRuns", () => {
  let real: Sandbox;
  const module: Module = { name: "twice", source: SOURCE, hash: sha256(SOURCE) };
  let made: number[] = [];
  beforeAll(async () => {
    real = await createSandbox({ workers: 1 });
  });
  afterAll(() => real.close());

  async function remembering() {
    made = [];
    const counted: Sandbox = {
      ...real,
      run: (request) => {
        made.push((request.input as { n: number }).n);
        return real.run(request);
      },
    };
    const inspected = await real.inspect(module);
    if (!inspected.ok) throw new Error(inspected.error);
    const request = (n: number): RunRequest => ({
      module,
      manifest: inspected.manifest,
      input: { n },
      limits: DEFAULT_LIMITS,
      effects: { mode: "replay", journal: [] },
    });
    return { sandbox: rememberRuns(counted), request };
  }

  it("runs a version once for all proofs, as often as each of them asks", async () => {
    const { sandbox, request } = await remembering();
    const proof = async () => {
      sandbox.beginProof(module.hash);
      return [await sandbox.run(request(1)), await sandbox.run(request(1)), await sandbox.run(request(2))];
    };
    const first = await proof();
    expect(made).toEqual([1, 1, 2]);
    expect(await proof()).toEqual(first);
    expect(made).toEqual([1, 1, 2]);
    expect(first[2]).toMatchObject({ kind: "returned", output: { n: 4 } });
  });

  it("runs again what is asked for a third time in one proof, and other versions always", async () => {
    const { sandbox, request } = await remembering();
    sandbox.beginProof(module.hash);
    for (let time = 0; time < 3; time += 1) await sandbox.run(request(1));
    sandbox.beginProof(module.hash);
    for (let time = 0; time < 3; time += 1) await sandbox.run(request(1));
    expect(made).toHaveLength(4);
    const other = { ...module, source: `${SOURCE}// other\n`, hash: sha256(`${SOURCE}// other\n`) };
    await sandbox.run({ ...request(3), module: other });
    await sandbox.run({ ...request(3), module: other });
    expect(made.slice(4)).toEqual([3, 3]);
  });
});
