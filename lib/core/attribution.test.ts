import { describe, expect, test } from "vitest";
import { attributeCluster, attributeClusters, attributeExecution, failedUpstream, loneCaller } from "./attribution.ts";
import type { Execution } from "./execution.ts";
import type { Effect } from "./tool.ts";

let next = 0;
function call(change: Partial<Execution>): Execution {
  next += 1;
  return {
    id: String(next),
    tool: "t",
    version: 1,
    startedAt: new Date(next * 1000),
    latencyMs: 100,
    status: "failed",
    input: {},
    effects: [],
    caller: "a",
    shape: "{}",
    ...change,
  };
}
const fetched = (change: Partial<Effect>): Effect => ({
  call: 0,
  kind: "fetch",
  request: { url: "https://api.example.com/v1", method: "GET" },
  startedMs: 0,
  endedMs: 10,
  ...change,
});
const times = (count: number, change: Partial<Execution>) => Array.from({ length: count }, () => call(change));

describe("attributeExecution", () => {
  test("a failing upstream before the failure", () => {
    const down = call({ effects: [fetched({ response: { status: 503 } })] });
    expect(attributeExecution(down)).toBe("upstream");
    expect(failedUpstream(down)).toBe("api.example.com");
    expect(attributeExecution(call({ effects: [fetched({ response: { status: 429 } })] }))).toBe("upstream");
    const unreachable = fetched({ error: { name: "FetchError", message: "connect ECONNREFUSED" } });
    expect(attributeExecution(call({ effects: [unreachable] }))).toBe("upstream");
  });

  test("not one that fails in the good calls just as well", () => {
    const bad = call({ effects: [fetched({ response: { status: 503 } })] });
    const good = { ...bad, status: "succeeded" as const };
    expect(attributeCluster([bad, bad], [bad, bad, good, good, good])).toBe("tool");
    expect(attributeCluster([bad, bad], [bad, bad, { ...good, effects: [] }, good])).toBe("upstream");
  });

  test("an answer below 500, a later success, or a host that was never permitted is the tool's", () => {
    expect(attributeExecution(call({ effects: [fetched({ response: { status: 404 } })] }))).toBe("tool");
    const retried = [fetched({ response: { status: 503 } }), fetched({ call: 1, response: { status: 200 } })];
    expect(attributeExecution(call({ effects: retried }))).toBe("tool");
    const denied = fetched({ error: { name: "PermissionDenied", message: "host is not declared" } });
    expect(attributeExecution(call({ effects: [denied] }))).toBe("tool");
    expect(attributeExecution(call({}))).toBe("tool");
  });

  test("out of time while waiting for an answer", () => {
    const waited = fetched({ startedMs: 5, endedMs: 95, response: { status: 200 } });
    expect(attributeExecution(call({ status: "timed_out", effects: [waited] }))).toBe("upstream");
    expect(attributeExecution(call({ status: "timed_out" }))).toBe("tool");
  });

  test("rejected and refused are the caller's", () => {
    expect(attributeExecution(call({ status: "rejected" }))).toBe("caller");
    expect(attributeExecution(call({ status: "refused" }))).toBe("caller");
    expect(attributeExecution(call({ status: "succeeded" }))).toBe("unknown");
  });
});

describe("attributeCluster", () => {
  const others = [
    ...times(10, { status: "succeeded", caller: "b" }),
    ...times(10, { status: "succeeded", caller: "c" }),
  ];

  test("one caller alone while two others succeed", () => {
    const failures = times(4, {});
    expect(attributeCluster(failures, [...failures, ...others])).toBe("caller");
    expect(loneCaller(failures, [...failures, ...others])).toBe("a");
  });

  test("not while only one other succeeds, nor where it may be an accident, nor with a second failing caller", () => {
    const failures = times(4, {});
    expect(attributeCluster(failures, [...failures, ...others.slice(0, 10)])).toBe("tool");
    const busy = times(200, { status: "succeeded" });
    expect(attributeCluster(failures, [...failures, ...busy, ...others])).toBe("tool");
    const two = [...failures, call({ caller: "b" })];
    expect(attributeCluster(two, [...two, ...others])).toBe("tool");
    expect(attributeCluster(failures, failures)).toBe("tool");
  });

  test("most failures decide, and the largest cluster speaks for the opportunity", () => {
    const down = { effects: [fetched({ response: { status: 500 } })] };
    const failures = [...times(6, down), ...times(2, {})];
    expect(attributeCluster(failures, failures)).toBe("upstream");
    expect(
      attributeClusters([
        { count: 9, attribution: "upstream" },
        { count: 2, attribution: "tool" },
      ]),
    ).toBe("upstream");
    expect(
      attributeClusters([
        { count: 2, attribution: "caller" },
        { count: 2, attribution: "tool" },
      ]),
    ).toBe("tool");
    expect(attributeClusters([])).toBe("unknown");
  });
});
