import { describe, expect, it } from "vitest";
import type { Actor } from "./actor.ts";
import { changedSinceWords, wordsOfRevision } from "./revision-words.ts";

const ADA: Actor = { kind: "person", id: "ada", name: "ada" };
const BASE = "one\ntwo\nthree\nfour\nfive\nsix\n";
const FIRST = "ONE\ntwo\nTHREE\nfour\nFIVE\nsix\n";
const revision = (number: number, source: string, rationale = "higher bound. And more") => ({
  number,
  source,
  rationale,
  author: ADA,
});
const words = (...sources: string[]) => {
  const all = sources.map((source, index) => revision(index + 1, source));
  return wordsOfRevision(BASE, all, all.at(-1) ?? revision(0, ""));
};

describe("wordsOfRevision", () => {
  it("takes the rationale of the source that it was written of", () => {
    expect(words(FIRST)).toBe("higher bound. And more");
    const own = [revision(1, FIRST), revision(2, "other\n", "my own")];
    expect(wordsOfRevision(BASE, own, revision(2, "other\n", "my own"))).toBe("my own");
    // What was edited is what it was again.
    expect(words(FIRST, "other\n", FIRST)).toBe("higher bound. And more");
  });

  it("says which changes were dropped, by their numbers on the page", () => {
    expect(words(FIRST, FIRST.replace("THREE", "three"))).toBe(
      "Revision 2 by ada: without change 2 of 3; began as: higher bound. And more",
    );
    expect(words(FIRST, FIRST.replace("ONE", "one"), "one\ntwo\nthree\nfour\nFIVE\nsix\n")).toMatch(
      /^Revision 3 by ada: without changes 1 and 2 of 3; /,
    );
  });

  it("says of everything else that it is an edit", () => {
    expect(words(FIRST, FIRST.replace("THREE", "drei"))).toMatch(/^Revision 2 by ada: an edit; began as: higher/);
    expect(words(FIRST, FIRST.replace("ONE", "one").replace("six", "SIX"))).toMatch(/: an edit; /);
    const silent = [revision(1, FIRST, ""), revision(2, "other\n", "")];
    expect(wordsOfRevision(BASE, silent, revision(2, "other\n", ""))).toBe("Revision 2 by ada: an edit");
  });

  it("is about the revision that the words are of", () => {
    const all = [revision(1, FIRST), revision(2, "two\n", "mine"), revision(3, "three\n", "mine")];
    expect(changedSinceWords(BASE, all, revision(3, "three\n", "mine"))).toEqual({ of: 2, what: "an edit" });
  });
});
