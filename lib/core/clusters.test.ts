import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clusterFailures, failureCluster, inputShape } from "./clusters.ts";
import type { Execution } from "./execution.ts";
import type { Json } from "./json.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const window = { since: at(0), until: at(48) };

function failed(id: string, minute: number, input: Json, message: string, stack = ""): Execution {
  return {
    id,
    tool: "t",
    version: 1,
    startedAt: at(minute),
    latencyMs: 1,
    status: "failed",
    input,
    error: { name: "TypeError", message, stack },
    effects: [],
    caller: "a",
    shape: inputShape(input),
  };
}

describe("failureCluster", () => {
  const stack = (line: number, fn = "total") =>
    `TypeError: x\n    at ${fn} (invoice.ts:${line}:11)\n    at run (invoice.ts:40:3)\n    at node:internal/x:1:1`;

  test("does not depend on lines or values, only on error, words and functions", () => {
    const key = failureCluster({ name: "TypeError", message: "item 17 is bad", stack: stack(14) });
    expect(failureCluster({ name: "TypeError", message: "item 3 is bad", stack: stack(99) })).toBe(key);
    expect(failureCluster({ name: "TypeError", message: "item 3 is bad", stack: stack(14, "tax") })).not.toBe(key);
    expect(failureCluster({ name: "RangeError", message: "item 3 is bad", stack: stack(14) })).not.toBe(key);
    expect(failureCluster({ name: "TypeError", message: "item 3 is worse", stack: stack(14) })).not.toBe(key);
  });
});

describe("inputShape", () => {
  test("names the structure, not the values", () => {
    expect(inputShape({ b: 1, a: "x", list: [{ k: 1 }, { k: null }], none: [] })).toBe(
      "{a:string,b:number,list:[{k:null}|{k:number}],none:[]}",
    );
    expect(inputShape({ a: "y", b: 2, none: [], list: [{ k: null }, { k: 5 }, { k: 6 }] })).toBe(
      inputShape({ b: 1, a: "x", list: [{ k: 1 }, { k: null }], none: [] }),
    );
  });

  test("any JSON has a stable, short shape whatever the order of its members", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const input = value as Json;
        const shape = inputShape(input);
        expect(shape.length).toBeLessThanOrEqual(160);
        if (input !== null && typeof input === "object" && !Array.isArray(input)) {
          expect(inputShape(Object.fromEntries(Object.entries(input).reverse()))).toBe(shape);
        }
      }),
    );
  });
});

describe("clusterFailures", () => {
  test("counts, finds the smallest input and the times, largest first", () => {
    const clusters = clusterFailures(
      [
        failed("1", 1, { a: 100 }, "item 1 is bad"),
        failed("2", 2, { a: 1 }, "item 2 is bad"),
        failed("3", 47, { a: 10 }, "item 3 is bad"),
        failed("4", 5, {}, "quite another thing"),
        { ...failed("5", 6, {}, ""), status: "succeeded" },
      ],
      window,
    );
    expect(clusters.map((cluster) => cluster.count)).toEqual([3, 1]);
    const [first] = clusters;
    expect(first).toMatchObject({
      errorName: "TypeError",
      message: "item <n> is bad",
      smallestInput: { a: 1 },
      smallestExecutionId: "2",
      firstSeen: at(1),
      lastSeen: at(47),
      attribution: "tool",
    });
    expect(first?.timeline).toHaveLength(24);
    expect(first?.timeline[0]).toBe(1);
    expect(first?.timeline[1]).toBe(1);
    expect(first?.timeline[23]).toBe(1);
  });

  test("near-duplicates merge and keep their keys; different names of the source do not", () => {
    const near = clusterFailures(
      [
        failed("1", 1, 1, "the field total of the order must be a number"),
        failed("2", 2, 1, "the field total of the order must be a number"),
        failed("3", 3, 1, "the field price of the order must be a number"),
      ],
      window,
    );
    expect(near).toHaveLength(1);
    expect(near[0]).toMatchObject({ count: 3, mergedKeys: [expect.any(String)] });
    // Called what most of them say, whichever has the smallest input.
    const rare = failed("4", 4, "", "the field price of the order must be a number");
    const [most] = clusterFailures(
      [
        failed("1", 1, 12, "the field total of the order must be a number"),
        failed("2", 2, 34, "the field total of the order must be a number"),
        rare,
      ],
      window,
    );
    expect(most).toMatchObject({ message: "the field total of the order must be a number", smallestExecutionId: "4" });
    const apart = clusterFailures(
      [
        failed("1", 1, 1, "Cannot read properties of undefined (reading 'a')"),
        failed("2", 2, 1, "Cannot read properties of undefined (reading 'b')"),
      ],
      window,
    );
    expect(apart).toHaveLength(2);
  });

  test("no failure is lost or counted twice", () => {
    const messages = ["a is bad", "b is bad", "out of range", "no such row 5"];
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(47), fc.boolean())), (calls) => {
        const executions = calls.map(([message, minute, good], index): Execution => {
          const call = failed(String(index), minute, index, messages[message] as string);
          return good ? { ...call, status: "succeeded" } : call;
        });
        const clusters = clusterFailures(executions, window);
        const total = clusters.reduce((sum, cluster) => sum + cluster.count, 0);
        expect(total).toBe(calls.filter(([, , good]) => !good).length);
        for (const cluster of clusters)
          expect(cluster.timeline.reduce((sum, count) => sum + count, 0)).toBe(cluster.count);
      }),
    );
  });
});
