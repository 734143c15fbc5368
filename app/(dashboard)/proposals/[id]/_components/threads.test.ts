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
    expect(threads.map(({ line, comments }) => [line, comments.map(({ id }) => id)])).toEqual([
      [1, ["z"]],
      [3, ["x", "y"]],
    ]);
  });

  it("leaves out what is about no line, and what is about a line that changed", () => {
    expect(threadsOf([said("x", 1), said("y", 1, 3)], revisions, revisions[1] as never)).toEqual([]);
  });
});
