import { describe, expect, it } from "vitest";
import type { Actor } from "./actor.ts";
import { DEFAULT_APPROVERS, mergeApprovers, policyOf, SomeApprovers, whyNotApprover } from "./policy.ts";
import { Settings } from "./version.ts";
import { Strategy, type Verdict } from "./words.ts";

const MACHINE: Actor = { kind: "machine", id: "loop", name: "loop" };
const KEY: Actor = { kind: "key", id: "ci", name: "ci" };
const ADA: Actor = { kind: "person", id: "ada", name: "ada" };
const GLOBAL = Settings.parse({});

const may = (policy: ReturnType<typeof policyOf>, strategyUsed: Strategy, verdict: Verdict, actor: Actor) =>
  whyNotApprover(policy, { strategyUsed, verdict }, actor) === null;

describe("policy", () => {
  it("keeps the machine out until automatic deployment is switched on, and then lets in only what was proved", () => {
    const [off, on] = [policyOf(GLOBAL), policyOf(GLOBAL, { autoDeploy: true })];
    for (const strategy of Strategy.options) {
      for (const verdict of ["passed", "inconclusive", "failed", "error"] as const) {
        expect(may(off, strategy, verdict, MACHINE)).toBe(false);
        expect(may(on, strategy, verdict, MACHINE)).toBe(
          verdict === "passed" && (strategy === "shadow" || strategy === "replay"),
        );
        expect(may(off, strategy, verdict, ADA)).toBe(true);
        expect(may(off, strategy, verdict, KEY)).toBe(true);
      }
    }
  });

  it("asks for a person, or for nobody, where the table says so; a tool's own cells stand above the global ones", () => {
    const global = Settings.parse({
      approvers: { replay: { passed: "person" }, synthetic: { inconclusive: "nobody" } },
    });
    const policy = policyOf(global, {
      approvers: { replay: { inconclusive: "person" }, synthetic: { passed: "person" } },
    });
    expect(policy.approvers).toEqual({
      ...DEFAULT_APPROVERS,
      replay: { passed: "person", inconclusive: "person" },
      synthetic: { passed: "person", inconclusive: "nobody" },
    });
    expect(may(policy, "replay", "passed", KEY)).toBe(false);
    expect(may(policy, "replay", "passed", ADA)).toBe(true);
    expect(whyNotApprover(policy, { strategyUsed: "synthetic", verdict: "inconclusive" }, ADA)).toContain("nobody");
    expect(may(policyOf(global), "replay", "inconclusive", KEY)).toBe(true);
  });

  it("cannot be written so that the machine decides on what was not proved", () => {
    for (const bad of [
      { synthetic: { passed: "machine" } },
      { manual: { inconclusive: "machine" } },
      { shadow: { inconclusive: "machine" } },
      { manual: { passed: "person" } },
      { other: {} },
    ])
      expect(SomeApprovers.safeParse(bad).success).toBe(false);
    expect(SomeApprovers.safeParse({ synthetic: { passed: "machine" } }).error?.issues[0]?.message).toContain(
      "without a person",
    );
  });

  it("merges cell by cell", () => {
    expect(mergeApprovers({ replay: { passed: "key" } }, { replay: { inconclusive: "person" } })).toEqual({
      replay: { passed: "key", inconclusive: "person" },
    });
    expect(mergeApprovers(DEFAULT_APPROVERS, undefined)).toEqual(DEFAULT_APPROVERS);
  });
});
