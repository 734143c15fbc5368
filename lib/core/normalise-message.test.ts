import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normaliseMessage } from "./normalise-message.ts";

describe("normaliseMessage", () => {
  test.each([
    ["Unexpected token 'x', \"xyz\" is not valid JSON", "Unexpected token <text>, <text> is not valid JSON"],
    ["order 1234 took 5.6e3 ms", "order <n> took <n> ms"],
    ["no user 6f1c2a4e-9a1b-4c3d-8e2f-001122334455", "no user <id>"],
    ["GET https://api.example.com/v1/x?id=5 failed", "GET <url> failed"],
    ["commit deadbeef12 missing at 2026-01-02T03:04:05Z", "commit <hex> missing at <time>"],
    ["can't find it, won't try", "can't find it, won't try"],
    ["invoice INV-2024-17 is void", "invoice <id> is void"],
    ["connect ECONNREFUSED 10.0.0.1:5432", "connect ECONNREFUSED <address>"],
    ["result is Infinity", "result is Infinity"],
    [
      "Cannot read properties of undefined (reading 'discount')",
      "Cannot read properties of undefined (reading discount)",
    ],
  ])("%s", (message, expected) => expect(normaliseMessage(message)).toBe(expected));

  test("is stable, short and quick on any text", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000 }), (text) => {
        const once = normaliseMessage(text);
        expect(once.length).toBeLessThanOrEqual(241);
        expect(normaliseMessage(text)).toBe(once);
      }),
    );
    const started = performance.now();
    for (const hostile of [
      "a-".repeat(5_000),
      "a1".repeat(5_000),
      "1_".repeat(5_000),
      "'".repeat(9_999),
      "a.".repeat(5_000),
    ])
      normaliseMessage(hostile);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
