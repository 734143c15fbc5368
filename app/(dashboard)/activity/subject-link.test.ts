import { expect, test } from "vitest";
import { hrefOf } from "./subject-link.ts";

test.each([
  ["proposal", "calculator", "/proposals/7"],
  ["deployment", "calculator", "/tools/calculator/versions"],
  ["deployment", null, null],
  ["case", "calculator", "/tools/calculator"],
  ["key", null, "/settings"],
  ["detection", null, null],
])("a row about a %s of %s leads to %s", (kind, tool, href) => {
  expect(hrefOf({ subject: { kind, id: "7" }, tool })).toBe(href);
});
