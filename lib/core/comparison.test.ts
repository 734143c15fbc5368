import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, equalJson, escapePointer, noisePaths } from "./comparison.ts";
import type { Json } from "./json.ts";

/** JSON as it can arrive: no -0, which JSON.parse gives but JSON.stringify never writes. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

/** Every place in a value, as reference tokens. */
function places(value: Json, at: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [at];
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  return [at, ...members.flatMap(([name, member]) => places(member, [...at, name]))];
}

function replaceAt(value: Json, [token, ...rest]: string[], replacement: Json): Json {
  if (token === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === token ? replaceAt(item, rest, replacement) : item));
  }
  const entries = Object.entries(value as { [key: string]: Json });
  return Object.fromEntries(
    entries.map(([name, member]) => [name, name === token ? replaceAt(member, rest, replacement) : member]),
  );
}

const pointer = (tokens: string[]) => tokens.map((token) => `/${escapePointer(token)}`).join("");

describe("compare", () => {
  it.each([
    ["equal scalars", 1, 1, []],
    ["a changed scalar", 1, 2, [{ path: "", before: 1, after: 2 }]],
    ["a kind that changed", { a: [] }, { a: {} }, [{ path: "/a", before: [], after: {} }]],
    ["null is not absent", { a: null }, {}, [{ path: "/a", before: null }]],
    ["an added element", [1], [1, 2], [{ path: "/1", after: 2 }]],
    ["member order plays no part", { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ["names are escaped", { "a/b~": 1 }, { "a/b~": 2 }, [{ path: "/a~1b~0", before: 1, after: 2 }]],
    ["inherited names are not members", { toString: 1 }, {}, [{ path: "/toString", before: 1 }]],
  ] as [string, Json, Json, unknown[]][])("%s", (_, before, after, expected) => {
    expect(compare(before, after)).toEqual(expected);
  });

  it("leaves out ignored paths and all below them, and nothing beside them", () => {
    expect(compare({ a: { t: 1 }, ab: 1 }, { a: { t: 2 }, ab: 2 }, ["/a"])).toEqual([
      { path: "/ab", before: 1, after: 2 },
    ]);
  });

  it("finds nothing between a value and its copy", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(compare(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  it("always finds a planted change, at its path or above it, unless that is ignored", () => {
    fc.assert(
      fc.property(json, fc.nat(), json, (value, pick, replacement) => {
        const all = places(value);
        const place = all[pick % all.length] as string[];
        const planted = JSON.parse(JSON.stringify({ planted: replacement, id: "5f2c" })) as Json;
        const changed = replaceAt(value, place, planted);
        fc.pre(!place.includes("__proto__") && !equalJson(value, changed));
        const path = pointer(place);
        const found = compare(value, changed);
        expect(found.length).toBeGreaterThan(0);
        for (const difference of found) expect(`${difference.path}/`.startsWith(`${path}/`)).toBe(true);
        expect(compare(value, changed, [path])).toEqual([]);
      }),
    );
  });

  it("is symmetric: the same paths with the sides exchanged", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        const turned = compare(b, a).map(({ path, before, after }) => ({
          path,
          ...(after === undefined ? {} : { before: after }),
          ...(before === undefined ? {} : { after: before }),
        }));
        expect(compare(a, b)).toEqual(turned);
      }),
    );
  });
});

describe("noisePaths", () => {
  it("gathers the paths over all inputs, each once", () => {
    const runs = (time: number): Json[] => [
      { id: 1, at: time },
      { id: 2, at: time + 1 },
    ];
    expect(noisePaths(runs(1), runs(5))).toEqual(["/at"]);
    expect(noisePaths(runs(1), runs(1))).toEqual([]);
  });

  it("names a whole answer that differs by the empty pointer", () => {
    expect(noisePaths([1], [2])).toEqual([""]);
  });

  it("makes a comparison blind at exactly those paths", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(compare(a, b, noisePaths([a], [b]))).toEqual([]);
      }),
    );
  });
});
