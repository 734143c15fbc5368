import { expect, it } from "vitest";
import { narrowings, widenings } from "./widenings.ts";

const bounds = (kv: "none" | "read" | "write", network: string[] = [], secrets: string[] = []) => ({
  permissions: { kv, network, secrets },
});

it("says what more a version may touch, and what it might until now", () => {
  expect(widenings(bounds("none"), bounds("write", ["a.example"], ["KEY"]))).toEqual([
    "more network: a.example",
    "more of its store: may write it, until now nothing of it",
    "more secrets: KEY",
  ]);
  expect(widenings(bounds("none"), bounds("read"))).toEqual([
    "more of its store: may read it, until now nothing of it",
  ]);
  expect(widenings(bounds("write", ["a.example"]), bounds("read"))).toEqual([]);
});

it("says what less it may touch", () => {
  expect(narrowings(bounds("write", ["a.example"], ["KEY"]), bounds("read"))).toEqual([
    "less network: a.example",
    "less of its store: may only read it",
    "less secrets: KEY",
  ]);
  expect(narrowings(bounds("read"), bounds("none"))).toEqual(["less of its store: may no longer touch it"]);
  expect(narrowings(bounds("none"), bounds("write", ["a.example"]))).toEqual([]);
});
