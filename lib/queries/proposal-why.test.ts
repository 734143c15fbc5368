import { expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import type { Revision } from "#lib/core/proposal.ts";
import { proposalWhy } from "./proposal-why.ts";

const ADA: Actor = { kind: "person", id: "ada", name: "ada" };
const BASE = "one\ntwo\nthree\n";
const revision = (number: number, source: string, rationale = "A higher bound. It was too low."): Revision => ({
  number,
  source,
  hash: source,
  rationale,
  author: ADA,
  origin: { kind: "person", name: "ada" },
  createdAt: new Date(0),
});
const factsOf = (...revisions: Revision[]) => {
  const proposal = { purpose: "other" as const, createdBy: ADA };
  const why = proposalWhy({ proposal, opportunity: null, base: BASE, revisions, begun: "proposed" });
  expect(why.text).toBe("A higher bound. It was too low.");
  return why.facts;
};

it("says of which revision the words are, where the source is another by now", () => {
  const first = revision(1, "ONE\ntwo\nTHREE\n");
  expect(factsOf(first)).toEqual(["Proposed by ada"]);
  expect(factsOf(first, revision(2, "one\ntwo\nTHREE\n"))[0]).toBe(
    "said of revision 1; revision 2 is without change 1 of 2",
  );
  expect(factsOf(first, revision(2, "one\ntwo\n", "Shorter."))[0]).toBe(
    "said of revision 1; revision 2 has words of its own",
  );
  expect(factsOf(first, revision(2, "other\n"), revision(3, first.source))).toEqual(["Proposed by ada"]);
});
