import { describe, expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import { failureCluster } from "#lib/core/clusters.ts";
import type { Version } from "#lib/core/version.ts";
import type { RunResult } from "#lib/ports/sandbox.ts";
import { decide, type Rejection } from "./decide.ts";

const version: Version = {
  tool: "halve",
  number: 3,
  hash: "h",
  source: "",
  manifest: {
    name: "halve",
    description: "Halves",
    inputSchema: { type: "number" },
    outputSchema: { type: "number" },
    characteristics: {
      idempotent: true,
      sideEffects: [],
      safeForShadowTesting: true,
      requiresMocking: [],
      testDataAvailable: false,
    },
    permissions: { network: [], kv: "none", secrets: [] },
    testCases: [],
    postconditions: [],
    owners: [],
  },
  author: machine("test"),
  reason: "",
  origin: "disk",
  parents: [],
  createdAt: new Date(0),
};

const ran = { latencyMs: 4, effects: [] };
const decided = (result: RunResult | Rejection) =>
  decide({
    id: "id",
    startedAt: new Date(5),
    version,
    input: { a: 1 },
    result,
    request: { caller: "agent", traceId: "trace" },
  });
const error = { name: "TypeError", message: "x is not a function", stack: "at run (halve.ts:3:5)" };

describe("decide", () => {
  it.each([
    [{ kind: "returned", output: 2, ...ran }, "succeeded", undefined],
    [{ kind: "returned", output: "two", ...ran }, "failed", "OutputSchema"],
    [{ kind: "not_json", detail: "/a is NaN", ...ran }, "failed", "OutputNotJson"],
    [{ kind: "postcondition", broken: "is smaller", output: 9, ...ran }, "failed", "Postcondition"],
    [{ kind: "threw", error, ...ran }, "failed", "TypeError"],
    [{ kind: "refused", error: { ...error, name: "ToolError", code: "odd" }, ...ran }, "refused", "ToolError"],
    [{ kind: "timed_out", reason: "time", ...ran }, "timed_out", "TimedOut"],
    [{ kind: "timed_out", reason: "memory", ...ran }, "timed_out", "OutOfMemory"],
    [{ kind: "timed_out", reason: "never_settled", ...ran }, "timed_out", "NeverSettled"],
    [{ kind: "interrupted", detail: "lost", ...ran }, "interrupted", "Interrupted"],
    [{ kind: "diverged", askedFor: { kind: "fetch", request: null }, ...ran }, "interrupted", "Interrupted"],
    [{ kind: "rejected", errors: [{ path: "/a", message: "must be number" }] }, "rejected", "InputRejected"],
  ] satisfies [RunResult | Rejection, string, string | undefined][])("%o", (result, status, name) => {
    const execution = decided(result);
    expect(execution.status).toBe(status);
    expect(execution.error?.name).toBe(name);
    expect(execution).toMatchObject({ id: "id", tool: "halve", version: 3, caller: "agent", traceId: "trace" });
    expect(execution.shape).toBe("{a:number}");
    // Only failures have a cluster: what stands apart from the rates stands apart here too.
    const failed = status === "failed" || status === "timed_out";
    expect(execution.cluster).toBe(failed ? failureCluster(execution.error as typeof error) : undefined);
  });

  it("keeps a wrong output beside what is wrong with it", () => {
    expect(decided({ kind: "returned", output: "two", ...ran })).toMatchObject({
      output: "two",
      error: { message: expect.stringContaining("must be number") },
    });
    expect(decided({ kind: "postcondition", broken: "is smaller", output: 9, ...ran })).toMatchObject({ output: 9 });
  });
});
