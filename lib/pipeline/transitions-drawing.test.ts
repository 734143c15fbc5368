import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { ProposalState } from "#lib/core/words.ts";
import { transitionTable } from "./transitions.ts";

/** What the README draws: who may move from where to where, where proposals begin and where they end. */
async function readDrawing() {
  const text = await readFile(new URL("README.md", import.meta.url), "utf8");
  const [, drawing] = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(text) ?? [];
  if (drawing === undefined) throw new Error("the README draws no state diagram");
  const arrows = drawing
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [, from, to, mover] = /^(\[\*\]|\w+) --> (\[\*\]|\w+)(?:: (\w+))?$/.exec(line) ?? [];
      if (from === undefined || to === undefined) throw new Error(`"${line}" is no arrow`);
      return { from, to, mover };
    });
  return {
    moves: arrows.filter(({ from, to }) => from !== "[*]" && to !== "[*]"),
    beginnings: arrows.filter(({ from }) => from === "[*]").map(({ to }) => to),
    ends: arrows.filter(({ to }) => to === "[*]").map(({ from }) => from),
  };
}

const written = ({ from, to, mover }: { from: string; to: string; mover?: string | undefined }) =>
  `${from} → ${to} by ${mover}`;

describe("the drawing in the README", () => {
  it("shows each legal move with who may make it, and no other", async () => {
    const { moves } = await readDrawing();
    const legal = Object.entries(transitionTable).flatMap(([from, ways]) =>
      Object.entries(ways).map(([to, mover]) => written({ from, to, mover })),
    );
    const drawn = moves.map(written);
    expect(legal.filter((move) => !drawn.includes(move))).toEqual([]);
    expect(drawn.filter((move) => !legal.includes(move))).toEqual([]);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(drawn.length).toBeGreaterThan(20);
  });

  it("ends where nothing leads on, and every state can be reached", async () => {
    const { moves, beginnings, ends } = await readDrawing();
    const leadsOn = (state: ProposalState): boolean => Object.keys(transitionTable[state]).length > 0;
    expect(ends.toSorted()).toEqual(ProposalState.options.filter((state) => !leadsOn(state)).toSorted());
    const reached = new Set(beginnings);
    for (const state of reached) for (const { from, to } of moves) if (from === state) reached.add(to);
    expect([...reached].toSorted()).toEqual([...ProposalState.options].toSorted());
  });
});
