import { expect, it } from "vitest";
import { Problem } from "#lib/core/problem.ts";
import { ListExecutions } from "#lib/queries/executions.ts";
import { readFilters, readListed, type Search } from "./read-filters.ts";

const NAMES = ["tool", "status", "version", "text", "since", "cursor", "slowerThan", "marked"] as const;
const read = (search: Search) => readFilters("/executions", ListExecutions.shape, NAMES, search);

it("goes by what it can read, and takes no notice of the empty fields of a form", () => {
  expect(read({ tool: "calculator", status: "", version: "2", text: undefined })).toEqual({
    filters: { tool: "calculator", version: "2" },
    notUnderstood: [],
  });
});

it.each([
  ["status", "bogus", /^The filter status does not apply: “bogus” is none of succeeded, refused, failed/],
  ["since", "garbage", /^The filter since does not apply: “garbage” is no time with its zone/],
  ["version", "x", /^The filter version does not apply: “x” is no number/],
  ["version", "1.5", /“1\.5” is no whole number/],
  ["slowerThan", "fast", /^The filter slowerThan does not apply: “fast” is no number/],
  ["slowerThan", "-1", /“-1” is too small/],
  ["marked", "maybe", /“maybe” is none of wrong, right/],
  ["version", "0", /“0” is too small/],
  ["version", "99999999999", /“99999999999” is too large/],
  ["text", "w".repeat(6000), /^The filter text does not apply: “w{40}…” is longer than 200 characters\.$/],
  ["text", "\0", /does not apply: “\\u0000” cannot be one\.$/],
  ["tool", "-", /does not apply: “-” cannot be one\.$/],
  ["tool", ["a", "b"], /^The filter tool does not apply: it is given more than once\.$/],
  ["colour", "red", /^This list has no filter “colour”\.$/],
  ["toString", "red", /^This list has no filter “toString”\.$/],
  ["cursor", "g".repeat(501), /cannot be read, so this is the first page/],
])("tells that a filter does not apply (%s), with the address without it", (name, value, said) => {
  const { filters, notUnderstood } = read({ caller: "", [name]: value, [name === "text" ? "tool" : "text"]: "a b" });
  expect(filters).toEqual(name === "text" ? {} : { text: "a b" });
  const told = notUnderstood.find((one) => one.name === name);
  expect(told?.said).toMatch(said);
  expect(new URL(told?.without ?? "", "http://x").searchParams.has(name)).toBe(false);
  expect(told?.without).toContain("a+b");
});

it("leads to the bare list where nothing else is in the address", () => {
  expect(read({ status: "bogus" }).notUnderstood[0]?.without).toBe("/executions");
});

it("reads the first page in place of one whose cursor is refused, and says so", async () => {
  const asked: unknown[] = [];
  const found = await readListed("/executions", read({ text: "a", cursor: "garbage" }), async (filters) => {
    asked.push(filters);
    if (filters.cursor !== undefined) throw new Problem("invalid_input", "The cursor is not one that this list gave");
    return ["row"];
  });
  expect(asked).toEqual([{ text: "a", cursor: "garbage" }, { text: "a" }]);
  expect(found).toMatchObject({ page: ["row"], filters: { text: "a" } });
  expect(found.notUnderstood).toEqual([
    { name: "cursor", said: expect.stringContaining("first page"), without: "/executions?text=a" },
  ]);
});

it("does not take other trouble for a cursor's", async () => {
  const refuse = (error: Error) => async () => {
    throw error;
  };
  await expect(readListed("/x", read({ cursor: "c" }), refuse(new Error("database gone")))).rejects.toThrow("gone");
  await expect(readListed("/x", read({}), refuse(new Problem("invalid_input", "other")))).rejects.toThrow("other");
});
