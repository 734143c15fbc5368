import { describe, expect, it } from "vitest";
import type { SideResult } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import { settle } from "./baseline.ts";
import type { PlannedCase } from "./planned-case.ts";
import type { CaseRun } from "./run-case.ts";

const run = (side: Partial<SideResult>, brokePostcondition = false): CaseRun => ({
  side: { status: "succeeded", latencyMs: 1, effects: [], ...side },
  brokePostcondition,
});
const value = (output: Json, latencyMs = 1) => run({ output, latencyMs });
const failed = run({ status: "failed", error: { name: "TypeError", message: "x", stack: "" } });
const refused = (code: string) =>
  run({ status: "refused", error: { name: "ToolError", code, message: "", stack: "" } });
const diverged = run({ status: "diverged" });

const call = (output: Json, more: Partial<PlannedCase> = {}): PlannedCase => ({
  source: "recorded",
  description: "recorded call",
  input: {},
  answers: { journal: [] },
  recorded: { version: 1, status: "succeeded", output },
  ...more,
});
const testCase = (more: Partial<PlannedCase>): PlannedCase => ({
  source: "base_case",
  description: "a case",
  input: {},
  answers: { stated: [] },
  ...more,
});

const BASE = { version: 1, schemas: { inputSchema: {}, outputSchema: {} } };

describe("settle", () => {
  it.each([
    ["a good call", call(1), value(1), null],
    ["a good refusal", call(1, { recorded: { version: 1, status: "refused" } }), refused("x"), null],
    ["a failure", call(1, { wrong: "failed" }), failed, "failed"],
    [
      "a failure that is a broken postcondition",
      call(1, { wrong: "failed" }),
      run({ status: "failed" }, true),
      "postcondition",
    ],
    ["a failure that cannot be replayed", call(1, { wrong: "failed" }), diverged, "failed"],
    ["a case that holds", testCase({ expectedOutput: 1 }), value(1), null],
    ["a case that does not", testCase({ expectedOutput: 1 }), value(2), "known_answer"],
    ["a case that asks for a refusal", testCase({ shouldThrow: "x" }), failed, "known_answer"],
    ["a case that expects nothing and fails", testCase({}), failed, "failed"],
    ["an output marked wrong", call(1, { wrong: "marked_wrong" }), value(1), "marked_wrong"],
    ["one with the right answer", call(1, { wrong: "known_answer", expectedOutput: 2 }), value(1), "known_answer"],
    ["one that is right by now", call(1, { wrong: "known_answer", expectedOutput: 2 }), value(2), null],
  ] as [string, PlannedCase, CaseRun, string | null][])("%s", (_, planned, first, target) => {
    expect(settle(BASE, [{ planned, first, second: null }]).cases).toMatchObject([{ target }]);
  });

  it("leaves out what it cannot repeat, and says so", () => {
    const settled = settle(BASE, [
      { planned: call(1, { wrong: "failed" }), first: value(1), second: null },
      { planned: call(1), first: failed, second: null },
      { planned: call(1), first: value(2), second: value(3) },
    ]);
    expect(settled.cases).toEqual([]);
    expect(settled.noise).toEqual([]);
    expect(settled.notTested).toEqual([
      "1 recorded call whose whole answer differs from run to run.",
      "1 recorded failure that did not fail again in replay.",
      "1 recorded good call that the current version fails in replay.",
    ]);
  });

  const at = (time: Json, other: Json = 1): Json => ({ time, other });

  it("learns noise from old against old", () => {
    const settled = settle(BASE, [{ planned: call(at(5)), first: value(at(5)), second: value(at(6)) }]);
    expect(settled).toMatchObject({ noise: ["/time"], cases: [{ target: null }], notTested: [] });
  });

  it("learns nothing from a record that the version does not repeat, and leaves that call out", () => {
    const foreign = { planned: call(at(4)), first: value(at(5)), second: value(at(5)) };
    const good = { planned: call(at(5)), first: value(at(5)), second: value(at(5)) };
    const settled = settle(BASE, [foreign, good]);
    expect(settled.noise).toEqual([]);
    expect(settled.cases).toHaveLength(1);
    expect(settled.notTested).toEqual([
      "1 recorded call whose recorded answer is not the one that the same version gives in replay.",
    ]);
  });

  it("holds a record of another version, and one that is masked, against nothing", () => {
    const older = call(at(4, 9), { recorded: { version: 0, status: "succeeded", output: at(4, 9) } });
    expect(settle(BASE, [{ planned: older, first: value(at(5)), second: value(at(5)) }]).cases).toHaveLength(1);
    const outputSchema = { type: "object", properties: { time: { "x-sensitive": true } } };
    const masked = { planned: call(at("•••")), first: value(at(5)), second: value(at(5)) };
    const settled = settle({ version: 1, schemas: { inputSchema: {}, outputSchema } }, [masked]);
    expect(settled).toMatchObject({ cases: [{ target: null }], notTested: [] });
  });

  it("keeps the shortest and the longest time", () => {
    const [one] = settle(BASE, [{ planned: call(1), first: value(1, 9), second: value(1, 4) }]).cases;
    expect(one).toMatchObject({ fastestMs: 4, slowestMs: 9 });
  });
});
