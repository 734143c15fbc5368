import { describe, expect, it } from "vitest";
import { Manifest } from "#lib/core/tool.ts";
import { describeChanges, missingCases } from "./describe-changes.ts";

const manifest = (more: Record<string, unknown> = {}): Manifest =>
  Manifest.parse({
    name: "t",
    description: "does",
    inputSchema: {},
    outputSchema: {},
    characteristics: {
      idempotent: true,
      sideEffects: [],
      safeForShadowTesting: true,
      requiresMocking: [],
      testDataAvailable: true,
    },
    permissions: { network: ["a.example"], kv: "read", secrets: [] },
    testCases: [{ description: "one", input: 1, expectedOutput: 1 }],
    ...more,
  });

describe("describeChanges", () => {
  it("says nothing of the same manifest", () => {
    expect(describeChanges(manifest(), manifest())).toEqual({
      permissions: [],
      schemas: [],
      characteristics: [],
      testCases: [],
      widened: false,
    });
  });

  it("tells wider from narrower permissions", () => {
    const wider = manifest({ permissions: { network: ["a.example", "b.example"], kv: "write", secrets: ["KEY"] } });
    expect(describeChanges(manifest(), wider)).toMatchObject({
      widened: true,
      permissions: [
        "more network: b.example",
        "more of its store: may write it, until now only read it",
        "more secrets: KEY",
      ],
    });
    expect(describeChanges(wider, manifest())).toMatchObject({
      widened: false,
      permissions: ["less network: b.example", "less of its store: may only read it", "less secrets: KEY"],
    });
  });

  it("names changed characteristics and cases", () => {
    const changed = manifest({
      characteristics: { ...manifest().characteristics, idempotent: false },
      testCases: [
        { description: "one", input: 1, expectedOutput: 2 },
        { description: "two", input: 2 },
      ],
      latencyBudgetMs: 5,
    });
    expect(describeChanges(manifest(), changed)).toMatchObject({
      characteristics: ["idempotent: true → false", "latencyBudgetMs: none → 5"],
      testCases: ["changed: one", "added: two"],
    });
    expect(describeChanges(changed, manifest()).testCases).toEqual(["changed: one", "removed: two"]);
    expect(missingCases(manifest().testCases, changed.testCases)).toHaveLength(1);
  });
});
