import { describe, expect, it } from "vitest";
import { changeGroups, changeName } from "./change-groups.ts";
import type { EvidenceCase } from "./evidence.ts";

const answered = { status: "succeeded" as const, latencyMs: 1, effects: [], output: {} };
const changed = (...paths: string[]) =>
  ({
    label: "changed",
    old: answered,
    new: answered,
    differences: paths.map((path) => ({ path })),
  }) as unknown as EvidenceCase;

describe("changeGroups", () => {
  it("puts together what changed at the same places, wherever in a list, the largest group first", () => {
    const groups = changeGroups([
      changed("/total"),
      changed("/items/0/price", "/items/1/price"),
      changed("/items/7/price"),
      { ...changed("/total"), label: "agrees" },
    ]);
    expect(groups.map(({ name, cases }) => [name, cases.length])).toEqual([
      ["/items/*/price", 2],
      ["/total", 1],
    ]);
  });

  it("puts together what answers where the same failure was, apart by how far it is to be trusted", () => {
    const failed = { status: "failed" as const, latencyMs: 1, effects: [] };
    const answers = (label: string, message: string, code?: string) =>
      ({
        ...changed(),
        label,
        old: { ...failed, error: { name: "TypeError", message, stack: "", ...(code && { code }) } },
      }) as unknown as EvidenceCase;
    const groups = changeGroups([
      answers("masked", "took 3 items"),
      answers("unconfirmed", "took 3 items"),
      answers("masked", "took 41 items"),
      answers("masked", "no rate"),
      answers("masked", ""),
      answers("masked", "told at length", "told"),
      answers("repaired", "took 3 items"),
    ]);
    expect(groups.map(({ name, label, cases }) => [name, label, cases.length])).toEqual([
      ["TypeError: took <n> items before, an answer now (masked)", "masked", 2],
      ["TypeError before, an answer now (masked)", "masked", 1],
      ["TypeError: no rate before, an answer now (masked)", "masked", 1],
      ["TypeError: took <n> items before, an answer now (unconfirmed)", "unconfirmed", 1],
      ["told before, an answer now (masked)", "masked", 1],
    ]);
  });

  it("puts refusals where failures were to a person, but not those that a case asks for", () => {
    const error = { name: "ToolError", code: "no_items", message: "", stack: "" };
    const refusal = {
      ...changed(),
      label: "handled",
      old: { ...answered, status: "failed", error: { name: "TypeError", message: "no rate", stack: "" } },
      new: { ...answered, status: "refused", error },
    } as unknown as EvidenceCase;
    const groups = changeGroups([refusal, { ...refusal, shouldThrow: "no_items" }]);
    expect(groups.map(({ name, cases }) => [name, cases.length])).toEqual([
      ["TypeError: no rate before, refused with no_items now (handled)", 1],
    ]);
  });

  it("names a new refusal by its code, and an answer that changed as a whole", () => {
    const refused = {
      status: "refused" as const,
      latencyMs: 1,
      effects: [],
      error: { name: "ToolError", code: "no", message: "", stack: "" },
    };
    expect(changeName({ old: answered, new: refused, differences: [] })).toBe("refused with no");
    expect(changeName({ old: refused, new: answered, differences: [] })).toBe("refused before, succeeded now");
    expect(changeName(changed(""))).toBe("the whole answer");
  });
});
