import { describe, expect, it } from "vitest";
import { type KnownVersions, readImportLine } from "./import-line.ts";

const NOW = new Date("2026-01-02T00:00:00Z");
const known = async (tool: string): Promise<KnownVersions> =>
  tool === "adder" ? { active: 2, numbers: new Set([1, 2]) } : null;

const LINE = {
  externalId: "x-1",
  tool: "adder",
  startedAt: "2026-01-01T10:00:00+02:00",
  latencyMs: 12.5,
  status: "succeeded",
  input: { a: 1 },
  output: { sum: 1 },
};

async function read(change: Record<string, unknown>) {
  return readImportLine(JSON.stringify({ ...LINE, ...change }), known, NOW);
}

describe("readImportLine", () => {
  it("makes an execution of a full line", async () => {
    const line = await read({ caller: "agent-7", traceId: "t", version: 1 });
    expect(line).toMatchObject({
      ok: true,
      execution: {
        externalId: "x-1",
        version: 1,
        startedAt: new Date("2026-01-01T08:00:00Z"),
        caller: "agent-7",
        shape: "{a:number}",
      },
    });
  });

  it("takes the active version where none is named", async () => {
    expect(await read({})).toMatchObject({ ok: true, execution: { version: 2, effects: [], caller: "import" } });
  });

  it("gives failures a cluster and calls that did not fail none", async () => {
    const failed = await read({ status: "failed", output: undefined, error: { message: "x is undefined" } });
    expect(failed).toMatchObject({ ok: true, execution: { error: { name: "Error" }, cluster: expect.any(String) } });
    const refused = await read({ status: "refused", output: undefined, error: { name: "ToolError", message: "no" } });
    expect(refused.ok && "cluster" in refused.execution).toBe(false);
  });

  it.each([
    [{ tool: "nobody" }, "no tool"],
    [{ version: 9 }, "no version 9"],
    [{ startedAt: "2026-01-03T00:00:00Z" }, "future"],
    [{ startedAt: "0000-01-01T00:00:00Z" }, "before the year 2000"],
    [{ startedAt: "yesterday" }, "startedAt"],
    [{ latencyMs: -1 }, "latencyMs"],
    [{ latencyMs: 1e300 }, "latencyMs"],
    [{ error: { message: "no" } }, "it has none"],
    [{ status: "exploded" }, "status"],
    [{ output: undefined }, "output"],
    [{ input: undefined }, "input"],
    [{ colour: "red" }, "colour"],
  ])("refuses %o with the reason", async (change, reason) => {
    const line = await read(change);
    expect(line.ok).toBe(false);
    expect(!line.ok && line.reason).toContain(reason);
  });

  it("refuses what is not JSON", async () => {
    expect(await readImportLine("{", known, NOW)).toEqual({ ok: false, reason: "is not JSON" });
  });
});
