import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inputShape } from "#lib/core/clusters.ts";
import type { Json } from "#lib/core/json.ts";
import { stratified } from "./gather.ts";

const SHAPES: Json[] = [{ a: 1 }, { a: "x" }, { a: 1, b: true }, { a: [1] }, {}];
const calls = fc
  .array(fc.nat(SHAPES.length - 1), { maxLength: 60 })
  .map((kinds) => kinds.map((kind, at) => ({ id: `${at}`, input: SHAPES[kind] as Json })));

describe("stratified", () => {
  it("keeps the one old call of a rare shape among many new ones", () => {
    const many = Array.from({ length: 500 }, (_, at) => ({ id: `${at}`, input: { a: 1 } as Json }));
    const chosen = stratified([...many, { id: "rare", input: { a: "x" } }], 300);
    expect(chosen).toHaveLength(300);
    expect(chosen.at(-1)?.id).toBe("rare");
    expect(chosen.slice(0, -1)).toEqual(many.slice(0, 299));
  });
  it("has every shape where there is room, keeps the order, and no shape has two more than another that had them", () => {
    fc.assert(
      fc.property(calls, fc.integer({ min: 0, max: 40 }), (some, most) => {
        const chosen = stratified(some, most);
        expect(chosen).toHaveLength(Math.min(most, some.length));
        expect(chosen.map(({ id }) => Number(id))).toEqual(
          [...chosen.map(({ id }) => Number(id))].sort((a, b) => a - b),
        );
        const count = (list: readonly { input: Json }[]) => Map.groupBy(list, ({ input }) => inputShape(input));
        const kept = count(chosen);
        for (const [shape, all] of count(some)) {
          const own = kept.get(shape)?.length ?? 0;
          if (own < all.length) for (const other of kept.values()) expect(other.length - own).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
  it("never leaves out what must be there", () => {
    fc.assert(
      fc.property(calls, fc.integer({ min: 5, max: 40 }), fc.array(fc.nat(59), { maxLength: 5 }), (some, most, ids) => {
        const always = new Set(ids.filter((id) => id < some.length).map(String));
        const chosen = new Set(stratified(some, most, always).map(({ id }) => id));
        for (const id of always) expect(chosen.has(id)).toBe(true);
      }),
    );
  });
});
