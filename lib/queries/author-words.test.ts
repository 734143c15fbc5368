import { expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import { authorWords } from "./author-words.ts";

const LEA = { kind: "person", id: "lea", name: "lea" } as const;
const edit = { number: 2, author: machine("disk"), reason: "edited on disk" } as const;
const taken = { kind: "sync", toVersion: 2, actor: LEA, reason: "take the disk" } as const;

it("names who took an edit that nobody signed", () => {
  const back = { ...taken, actor: { ...LEA, id: "ben", name: "ben" }, reason: "take the database" };
  expect(authorWords(edit, [back, taken])).toBe("edited on disk, taken by lea");
  expect(authorWords(edit, [back, { ...taken, toVersion: 3 }])).toBe("edited on disk");
  expect(authorWords({ ...edit, author: LEA }, [taken])).toBe("lea");
  expect(authorWords({ ...edit, reason: "found in the folder" }, [taken])).toBe("");
});
