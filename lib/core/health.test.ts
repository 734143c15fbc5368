import fc from "fast-check";
import { expect, test } from "vitest";
import { healthOf } from "./health.ts";

test("the bound decides, not a minimum count", () => {
  expect(healthOf({ calls: 0, failures: 0, target: 0.99 })).toBe("unknown");
  expect(healthOf({ calls: 1, failures: 0, target: 0.99 })).toBe("healthy");
  expect(healthOf({ calls: 2, failures: 2, target: 0.99 })).toBe("failing");
  expect(healthOf({ calls: 10_000, failures: 500, target: 0.99 })).toBe("failing");
  expect(healthOf({ calls: 10_000, failures: 500, target: 0.9 })).toBe("healthy");
  expect(healthOf({ calls: 1, failures: 1, target: 0.99 })).toBe("degraded");
  expect(healthOf({ calls: 10_000, failures: 100, target: 0.99 })).toBe("healthy");
});

test("an open problem of any kind degrades; a dismissed or resolved one does not", () => {
  const calm = { calls: 100, failures: 0, target: 0.99 };
  expect(healthOf({ ...calm, opportunities: [{ kind: "slow", state: "open" }] })).toBe("degraded");
  expect(healthOf({ ...calm, opportunities: [{ kind: "incorrect", state: "in_progress" }] })).toBe("degraded");
  expect(healthOf({ ...calm, opportunities: [{ kind: "slow", state: "dismissed" }] })).toBe("healthy");
  expect(healthOf({ ...calm, opportunities: [{ kind: "failing", state: "resolved" }] })).toBe("healthy");
});

test("one more failure never makes a tool healthier", () => {
  const rank = ["healthy", "degraded", "failing"];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat(50), (calls, failures) => {
      const before = healthOf({ calls: calls + failures, failures, target: 0.99 });
      const after = healthOf({ calls: calls + failures + 1, failures: failures + 1, target: 0.99 });
      expect(rank.indexOf(after)).toBeGreaterThanOrEqual(rank.indexOf(before));
    }),
  );
});
