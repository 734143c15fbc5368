import { describe, expect, it } from "vitest";
import type { Comment } from "#lib/core/proposal.ts";
import { threadsOf } from "./threads.ts";

const said = (id: string, revision: number, line?: number): Comment => ({
  id,
  revision,
  ...(line === undefined ? {} : { line }),
  text: id,
  actor: { kind: "person", id: "1", name: "ada" },
  createdAt: new Date(0),
});
const revisions = [
  { number: 1, source: "a\nb\nc\n" },
  { number: 2, source: "new\na\nb\nC\n" },
];

describe("threadsOf", () => {
  it("gathers comments under their lines, those of other revisions where the line stands now", () => {
    const threads = threadsOf([said("x", 1, 2), said("y", 2, 3), said("z", 2, 1)], revisions, revisions[1] as never);
    expect(threads.map(({ line, comments }) => [line, comments.map(({ said: { id } }) => id)])).toEqual([
      [1, ["z"]],
      [3, ["x", "y"]],
    ]);
  });

  it("puts a comment on several lines below the last, as long as all of them stand as they were", () => {
    const moved = { number: 3, source: "new\na\nb\nc\n" };
    const range = { ...said("r", 1, 1), endLine: 3 };
    expect(threadsOf([range], [...revisions, moved], moved)).toEqual([
      { line: 4, comments: [{ said: range, from: 2, to: 4 }] },
    ]);
    expect(threadsOf([range], revisions, revisions[1] as never)).toEqual([]);
    const between = { number: 4, source: "a\nB\nc\n" };
    expect(threadsOf([range], [...revisions, between], between)).toEqual([]);
  });

  it("leaves out what is about no line, and what is about a line that changed", () => {
    expect(threadsOf([said("x", 1), said("y", 1, 3)], revisions, revisions[1] as never)).toEqual([]);
  });
});
