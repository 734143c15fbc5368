import { expect, it } from "vitest";
import { z } from "zod";
import { inputWords } from "./input-words.ts";

const schema = z.strictObject({
  on: z.boolean(),
  mode: z.enum(["simulated", "real"]).default("real"),
  name: z.string().min(1).max(3).default("a"),
  count: z.int().positive().max(5).default(1),
  many: z.array(z.string()).min(1).default(["a"]),
  own: z.string().min(2, "is too short for me").default("ab"),
});

const said = (input: object): string | undefined =>
  schema.safeParse({ on: true, ...input }, { error: inputWords }).error?.issues[0]?.message;

it.each([
  [{ on: "yes" }, "takes true or false"],
  [{ on: undefined }, "is missing; it takes true or false"],
  [{ mode: "half" }, 'takes "simulated" or "real"'],
  [{ name: "" }, "takes at least 1 character"],
  [{ name: "abcd" }, "takes at most 3 characters"],
  [{ count: 0 }, "takes more than 0"],
  [{ count: 6 }, "takes at most 5"],
  [{ count: 1.5 }, "takes a whole number"],
  [{ many: [] }, "takes at least 1 member"],
  [{ more: 1 }, 'has no "more"'],
  // What a schema says itself stands.
  [{ own: "a" }, "is too short for me"],
])("%j: %s", (input, words) => {
  expect(said(input)).toBe(words);
});
