import { expect, test } from "vitest";
import { rankOf, toolState } from "./tool-state.ts";

const problem = (kind: "failing" | "incorrect" | "degrading" | "slow", version: number) => ({
  opportunity: `${kind} ${version}`,
  kind,
  version,
});

test("a tool is called by the gravest of its open problems, in the words of opportunities", () => {
  const tool = { health: "degraded", activeVersion: 2 } as const;
  expect(toolState({ ...tool, problems: [problem("slow", 2)] })).toEqual({ word: "slow", seenOn: null });
  expect(toolState({ ...tool, problems: [problem("slow", 2), problem("incorrect", 2)] }).word).toBe("incorrect");
  expect(toolState({ ...tool, problems: [] })).toEqual({ word: "degraded", seenOn: null });
  expect(toolState({ ...tool, health: "failing", problems: [problem("slow", 2)] }).word).toBe("failing");
});

test("a problem of an earlier version is told as that, after what the active one shows", () => {
  const tool = { health: "degraded", activeVersion: 2 } as const;
  expect(toolState({ ...tool, problems: [problem("failing", 1)] })).toEqual({ word: "failing", seenOn: 1 });
  expect(toolState({ ...tool, problems: [problem("failing", 1), problem("slow", 2)] })).toEqual({
    word: "slow",
    seenOn: null,
  });
  expect(toolState({ ...tool, health: "failing", problems: [problem("failing", 1)] }).seenOn).toBeNull();
});

test("what needs somebody comes first, what is only known of an earlier version before what is well", () => {
  const states = [
    { word: "failing", seenOn: null },
    { word: "incorrect", seenOn: null },
    { word: "degrading", seenOn: null },
    { word: "degraded", seenOn: null },
    { word: "slow", seenOn: null },
    { word: "failing", seenOn: 1 },
    { word: "healthy", seenOn: null },
    { word: "unknown", seenOn: null },
  ] as const;
  expect(states.toSorted((a, b) => rankOf(a) - rankOf(b))).toEqual(states);
});
