import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepWords, keptLines, onLine, readKeptWords } from "./kept-words.ts";

beforeEach(() => {
  const kept: Record<string, unknown> = {};
  const store = {
    getItem: (name: string) => kept[name] ?? null,
    setItem: (name: string, value: string) => (kept[name] = value),
    removeItem: (name: string) => delete kept[name],
  };
  // As in a browser: what is kept are its own enumerable members, the methods are not.
  vi.stubGlobal("sessionStorage", new Proxy(kept, { get: (_, name) => store[name as keyof typeof store] }));
});
afterEach(() => void vi.unstubAllGlobals());

test("words are kept by proposal and place until they are sent or wiped out", () => {
  keepWords("p1", onLine(12), { text: "why?", revision: 2, line: { number: 12, text: "return 1;", until: 14 } });
  keepWords("p1", onLine(3), { text: "and this?", revision: 2, line: { number: 3, text: "let a;" } });
  keepWords("p1", "any", { text: "well done", revision: 2 });
  keepWords("p2", onLine(7), { text: "another's", revision: 1, line: { number: 7, text: "" } });
  expect(readKeptWords("p1", onLine(12))).toEqual({
    text: "why?",
    revision: 2,
    line: { number: 12, text: "return 1;", until: 14 },
  });
  expect(keptLines("p1")).toEqual([3, 12]);
  expect(readKeptWords("p1", "reject")).toBeNull();
  keepWords("p1", onLine(12), { text: "  ", revision: 2 });
  keepWords("p1", "any", null);
  expect(keptLines("p1")).toEqual([3]);
  expect(readKeptWords("p1", "any")).toBeNull();
});

test("what is no kept text is none", () => {
  sessionStorage.setItem("whetstone.words.p1.any", "{broken");
  expect(readKeptWords("p1", "any")).toBeNull();
  sessionStorage.setItem("whetstone.words.p1.any", JSON.stringify({ text: 1, revision: 2 }));
  expect(readKeptWords("p1", "any")).toBeNull();
});
