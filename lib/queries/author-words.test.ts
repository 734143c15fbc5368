import { expect, it } from "vitest";
import { machine } from "#lib/core/actor.ts";
import { authorWords } from "./author-words.ts";

const LEA = { kind: "person", id: "lea", name: "lea" } as const;
const edit = { number: 2, author: machine("disk"), origin: "disk" } as const;
const taken = { kind: "sync", toVersion: 2, actor: LEA, startedAt: new Date(1) } as const;

it("names who took an edit that nobody signed, the first of them", () => {
  const again = { ...taken, actor: { ...LEA, id: "ben", name: "ben" }, startedAt: new Date(2) };
  expect(authorWords(edit, [again, taken])).toBe("edited on disk, taken by lea");
  expect(authorWords(edit, [{ ...taken, toVersion: 3 }])).toBe("edited on disk");
  expect(authorWords({ ...edit, author: LEA }, [taken])).toBe("lea");
  expect(authorWords({ ...edit, author: machine("model"), origin: "proposal" }, [taken])).toBe("model");
});
