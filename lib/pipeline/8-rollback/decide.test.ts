import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answeringVersions } from "#lib/core/deployment.ts";
import { decideRollBack, type RollBackFacts, versionBefore } from "./decide.ts";

const made = (fromVersion: number | null, toVersion: number, change: object = {}) => ({
  state: "done" as const,
  mode: "real" as const,
  fromVersion,
  toVersion,
  kind: "deploy" as const,
  actor: { kind: "person" as const, id: "ada", name: "Ada" },
  ...change,
});

const facts: RollBackFacts = {
  tool: "calculator",
  activeVersion: 3,
  versions: [3, 2, 1],
  deployments: [made(2, 3), made(1, 2)],
  reasonRequired: false,
};

describe("decideRollBack", () => {
  it("goes to the version that was active before, or to the one asked for", () => {
    expect(decideRollBack(facts, { reason: "" })).toEqual({ kind: "go", from: 3, to: 2 });
    expect(decideRollBack(facts, { version: 1, reason: "" })).toEqual({ kind: "go", from: 3, to: 1 });
  });

  it("undoes a rollback when asked once more", () => {
    const after = { ...facts, activeVersion: 1, deployments: [made(3, 1), ...facts.deployments] };
    expect(decideRollBack(after, { reason: "" })).toEqual({ kind: "go", from: 1, to: 3 });
  });

  it("does not bring back by itself what the monitor took back", () => {
    const actor = { kind: "machine" as const, id: "monitor", name: "monitor" };
    const taken = made(3, 1, { kind: "rollback" as const, actor });
    const after = { ...facts, activeVersion: 1, deployments: [taken, ...facts.deployments] };
    expect(decideRollBack(after, { reason: "" })).toEqual({
      kind: "refused",
      reason: expect.stringMatching(/^Version 3 of calculator was taken back by the monitor.*name the version/),
    });
    expect(decideRollBack(after, { version: 3, reason: "" })).toEqual({ kind: "go", from: 1, to: 3 });
  });

  it("does not count what was undone, only simulated, or changed nothing", () => {
    const noise = [made(1, 3, { state: "undone" }), made(1, 3, { mode: "simulated", state: "simulated" }), made(3, 3)];
    expect(versionBefore(3, [...noise, ...facts.deployments])).toBe(2);
    expect(versionBefore(1, noise)).toBeNull();
  });

  it("refuses what makes no sense, and says why", () => {
    const refusal = (change: Partial<RollBackFacts>, asked: { version?: number; reason: string }) => {
      const answer = decideRollBack({ ...facts, ...change }, asked);
      return answer.kind === "refused" ? answer.reason : "";
    };
    expect(refusal({ activeVersion: null }, { reason: "" })).toContain("no active version");
    expect(refusal({ deployments: [] }, { reason: "" })).toContain("name the version");
    expect(refusal({}, { version: 3, reason: "" })).toContain("active already");
    expect(refusal({}, { version: 4, reason: "" })).toContain("no version 4");
    expect(refusal({ versions: [5, 3, 2, 1] }, { version: 5, reason: "" })).toContain("never answered calls");
    expect(refusal({ reasonRequired: true }, { reason: "  " })).toContain("say why");
  });

  it("never goes where it is, nor where nothing is", () => {
    const number = fc.integer({ min: 1, max: 5 });
    const deployment = fc.record({
      state: fc.constantFrom("done" as const, "undone" as const, "simulated" as const),
      mode: fc.constantFrom("real" as const, "simulated" as const),
      fromVersion: fc.option(number),
      toVersion: number,
      kind: fc.constantFrom("deploy" as const, "rollback" as const, "sync" as const),
      actor: fc.record({
        kind: fc.constantFrom("machine" as const, "person" as const),
        id: fc.constant("x"),
        name: fc.constant("x"),
      }),
    });
    fc.assert(
      fc.property(
        number,
        fc.uniqueArray(number),
        fc.array(deployment),
        fc.option(number, { nil: undefined }),
        (activeVersion, versions, deployments, version) => {
          const answer = decideRollBack({ ...facts, activeVersion, versions, deployments }, { version, reason: "" });
          if (answer.kind === "refused") return;
          expect(answer.to).not.toBe(activeVersion);
          expect(versions).toContain(answer.to);
          expect(answeringVersions(deployments)).toContain(answer.to);
        },
      ),
    );
  });
});
