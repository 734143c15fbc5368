import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseStrategy, contradictions, isRepeated, observedEffectKinds, recommend } from "./strategy.ts";
import type { Characteristics, Effect, Permissions } from "./tool.ts";

const readOnly: Characteristics = {
  idempotent: true,
  sideEffects: [],
  safeForShadowTesting: true,
  requiresMocking: [],
  testDataAvailable: true,
};
const none: Permissions = { network: [], kv: "none", secrets: [] };
const facts = { contradictions: [], hasTestCases: true };

const anyCharacteristics: fc.Arbitrary<Characteristics> = fc.record({
  idempotent: fc.boolean(),
  sideEffects: fc.array(fc.constantFrom("writes_kv", "sends_mail"), { maxLength: 2 }),
  safeForShadowTesting: fc.boolean(),
  requiresMocking: fc.array(fc.constant("fetch"), { maxLength: 1 }),
  testDataAvailable: fc.boolean(),
});

describe("recommend", () => {
  test("the four strategies", () => {
    expect(recommend("calculator", readOnly, facts)).toMatchObject({
      toolName: "calculator",
      strategy: "shadow",
      safeForAutoDeployment: true,
      riskLevel: "low",
      warnings: [],
    });
    const writes = { ...readOnly, sideEffects: ["writes_kv"], safeForShadowTesting: false };
    expect(recommend("t", writes, facts)).toMatchObject({
      strategy: "replay",
      safeForAutoDeployment: true,
      riskLevel: "low",
    });
    const once = { ...writes, idempotent: false };
    expect(recommend("t", once, facts)).toMatchObject({
      strategy: "synthetic",
      safeForAutoDeployment: false,
      riskLevel: "medium",
    });
    const manual = recommend("t", once, { ...facts, hasTestCases: false });
    expect(manual).toMatchObject({ strategy: "manual", safeForAutoDeployment: false, riskLevel: "high" });
    expect(manual.warnings.length).toBeGreaterThanOrEqual(2);
  });

  test("steps carry the real numbers", () => {
    expect(recommend("t", readOnly, facts).steps.join("\n")).toMatch(/59 good calls.*95 %/);
    const strict = recommend("t", readOnly, { ...facts, agreementThreshold: 0.99, monitorCalls: 50 });
    expect(strict.steps.join("\n")).toMatch(/299 good calls.*99 %[\s\S]*watch 50 calls/);
  });

  test("follows the rule for any characteristics, and a contradiction never raises", () => {
    const order = ["manual", "synthetic", "replay", "shadow"];
    fc.assert(
      fc.property(anyCharacteristics, fc.boolean(), (characteristics, hasTestCases) => {
        const plain = chooseStrategy(characteristics, { contradictions: [], hasTestCases });
        const disputed = chooseStrategy(characteristics, { contradictions: ["it lies"], hasTestCases });
        expect(order.indexOf(disputed)).toBeLessThanOrEqual(order.indexOf(plain));
        expect(disputed).not.toBe("shadow");
        if (characteristics.sideEffects.length > 0) expect(plain).not.toBe("shadow");
        if (!characteristics.idempotent) expect(plain).toBe(hasTestCases ? "synthetic" : "manual");
        const object = recommend("t", characteristics, { contradictions: [], hasTestCases });
        expect(object.safeForAutoDeployment).toBe(characteristics.idempotent);
        expect(object.steps.length).toBeGreaterThan(2);
      }),
    );
  });
});

describe("contradictions", () => {
  const effect = (kind: Effect["kind"], request: Effect["request"]): Effect => ({
    call: 0,
    kind,
    request,
    startedMs: 0,
    endedMs: 0,
  });

  test("a tool that declares no side effects may not write", () => {
    expect(contradictions({ characteristics: readOnly, permissions: none })).toEqual([]);
    expect(contradictions({ characteristics: readOnly, permissions: { ...none, kv: "write" } })).toHaveLength(1);
    const seen = observedEffectKinds([
      { effects: [effect("kv.set", { key: "a" }), effect("fetch", { url: "https://x.test", method: "post" })] },
    ]);
    expect(contradictions({ characteristics: readOnly, permissions: { ...none, kv: "write" } }, seen)).toEqual([
      expect.stringContaining("kv.set"),
      expect.stringContaining("POST"),
    ]);
  });

  test("a call that was run again and ended otherwise takes idempotence away, and replays with it", () => {
    const writer = { ...readOnly, sideEffects: ["writes_kv"] };
    for (const what of ["rerun differs", "rerun diverges"])
      for (const characteristics of [readOnly, writer]) {
        const found = contradictions({ characteristics, permissions: none }, [what, "rerun same"]);
        expect(found).toEqual([expect.stringContaining("declares that it is idempotent")]);
        expect(isRepeated([what, "rerun same"])).toBe(false);
        const disputed = { contradictions: found, repeats: false };
        expect(chooseStrategy(characteristics, { ...disputed, hasTestCases: true })).toBe("synthetic");
        expect(chooseStrategy(characteristics, { ...disputed, hasTestCases: false })).toBe("manual");
      }
    expect(isRepeated(["rerun same", "kv.get"])).toBe(true);
    const once = { ...readOnly, idempotent: false };
    expect(contradictions({ characteristics: once, permissions: none }, ["rerun differs"])).toEqual([]);
  });

  test("reading, clocks and randomness contradict nothing, and declared side effects may happen", () => {
    const reads = observedEffectKinds([
      { effects: [effect("now", null), effect("random", null), effect("kv.get", { key: "a" })] },
      {
        effects: [
          effect("fetch", { url: "https://x.test", method: "GET" }),
          effect("fetch", { url: "https://x.test" }),
        ],
      },
    ]);
    expect(contradictions({ characteristics: readOnly, permissions: { ...none, kv: "read" } }, reads)).toEqual([]);
    const writer = { ...readOnly, sideEffects: ["writes_kv"] };
    expect(contradictions({ characteristics: writer, permissions: { ...none, kv: "write" } }, ["kv.set"])).toEqual([]);
  });
});
