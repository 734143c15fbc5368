import { describe, expect, it } from "vitest";
import { movedInWords, movedSince, seenNow, tellsOf } from "./seen-settings.ts";
import { changeInWords } from "./setting-words.ts";

describe("what moved since it was seen", () => {
  it("is what is another now, unless it is what is wanted", () => {
    const now = { monitorHours: 0.5, fourEyes: true, target: 0.99 };
    expect(movedSince({ monitorHours: 24 }, now, { monitorHours: 12 })).toEqual([
      { name: "monitorHours", seen: 24, now: 0.5 },
    ]);
    expect(movedSince({ monitorHours: 24 }, now, { monitorHours: 0.5 })).toEqual([]);
    expect(movedSince({ target: 0.99 }, now, { target: 0.9 })).toEqual([]);
    // What was seen, and is not among what changes, counts as well.
    expect(movedSince({ fourEyes: false }, now, { target: 0.9 })).toHaveLength(1);
    expect(movedSince({}, now, { fourEyes: false })).toEqual([]);
  });

  it("is told cell by cell of the table: two people change different ones", () => {
    const now = { approvers: { shadow: { passed: "person", inconclusive: "key" } } };
    const wanted = { approvers: { shadow: { inconclusive: "nobody" } } };
    expect(movedSince({ approvers: { shadow: { inconclusive: "key" } } }, now, wanted)).toEqual([]);
    const seen = { approvers: { shadow: { passed: "key" }, manual: { inconclusive: null } } };
    expect(movedSince(seen, now, { approvers: { shadow: { passed: "nobody" } } })).toEqual([
      { name: "approvers.shadow.passed", seen: "key", now: "person" },
    ]);
    expect(seenNow(seen, now)).toEqual({ approvers: { shadow: { passed: "person" }, manual: { inconclusive: null } } });
  });

  it("takes what a tool does not set itself for null", () => {
    expect(movedSince({ mode: null }, {}, { mode: "real" })).toEqual([]);
    expect(movedSince({ mode: null }, { mode: "real" }, { mode: "simulated" })).toEqual([
      { name: "mode", seen: null, now: "real" },
    ]);
    expect(seenNow({ mode: "real", target: null }, {})).toEqual({ mode: null, target: null });
    expect(movedSince({ model: { name: "a", baseUrl: "u" } }, { model: { baseUrl: "u", name: "a" } }, {})).toEqual([]);
  });
});

describe("who did it", () => {
  const before = { monitorHours: 24, model: null, mode: "simulated", approvers: { shadow: { passed: "key" } } };
  const after = { ...before, monitorHours: 0.5, mode: "real", approvers: { shadow: { passed: "person" } } };
  const said = (...names: (keyof typeof after)[]): string =>
    changeInWords(Object.fromEntries(names.map((name) => [name, after[name]])), before, after);

  it("is found by what the record says of that setting", () => {
    const all = said("mode", "monitorHours", "approvers");
    expect(tellsOf(all, { name: "monitorHours", now: 0.5 })).toBe(true);
    expect(tellsOf(all, { name: "monitorHours", now: 3 })).toBe(false);
    expect(tellsOf(all, { name: "mode", now: "real" })).toBe(true);
    expect(tellsOf(all, { name: "approvers.shadow.passed", now: "person" })).toBe(true);
    expect(tellsOf(all, { name: "approvers.shadow.inconclusive", now: "person" })).toBe(false);
    // "Mode" is no part of "Model".
    expect(tellsOf("Model none → m at http://127.0.0.1:1/v1", { name: "mode", now: "real" })).toBe(false);
    expect(tellsOf(said("mode"), { name: "monitorHours", now: 0.5 })).toBe(false);
  });

  it("is told with both values", () => {
    expect(movedInWords({ name: "monitorHours", seen: 24, now: 0.5 }, "Ben")).toBe(
      "Ben set “Watched hours” to 0.5 (you saw 24)",
    );
    expect(movedInWords({ name: "approvers.shadow.passed", seen: "key", now: null }, "You")).toBe(
      "You set “Who has to approve” (shadow, passed) to “as everywhere” (you saw key)",
    );
    expect(movedInWords({ name: "retentionDays", seen: 30, now: null }, "Ben")).toContain("to ever (you saw 30 days)");
  });
});
