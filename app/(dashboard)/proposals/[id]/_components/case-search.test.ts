import { expect, it } from "vitest";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { holdsWords } from "./case-search.ts";

const one: EvidenceCase = {
  index: 0,
  label: "repaired",
  source: "recorded",
  description: "Cannot read properties of undefined",
  input: { id: "A1" },
  target: true,
  old: {
    status: "failed",
    latencyMs: 1,
    effects: [],
    error: { name: "TypeError", message: "of undefined", stack: "" },
  },
  new: { status: "succeeded", latencyMs: 1, effects: [], output: { total: 90 } },
  differences: [{ path: "/total" }],
};

it.each(["", "a1", "typeerror", "repaired", "/total 90", "UNDEFINED A1", "recorded"])(
  "finds a case by %j",
  (search) => {
    expect(holdsWords(one, search)).toBe(true);
  },
);
it.each(["b1", "a1 91", "generated"])("does not find it by %j", (search) => {
  expect(holdsWords(one, search)).toBe(false);
});
