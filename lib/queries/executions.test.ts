import { describe, expect, it } from "vitest";
import { RollBackTool } from "#lib/commands/roll-back-tool.ts";
import { ListExecutions } from "./executions.ts";

it("takes a latency in milliseconds and parts of them, and no other number", () => {
  expect(ListExecutions.parse({ slowerThan: "2.5", marked: "wrong" })).toMatchObject({ slowerThan: 2.5 });
  for (const slowerThan of ["-1", "1e999", "soon"])
    expect(ListExecutions.safeParse({ slowerThan }).success).toBe(false);
  expect(ListExecutions.safeParse({ marked: "both" }).success).toBe(false);
});

describe("what PostgreSQL cannot hold is refused before it is asked for", () => {
  it.each([{ version: "99999999999" }, { cluster: "\0" }, { caller: "a\0b" }])("as a filter: %j", (filter) => {
    expect(ListExecutions.safeParse(filter).success).toBe(false);
  });

  it("as the version to roll back to", () => {
    expect(RollBackTool.safeParse({ name: "calculator", version: 99_999_999_999 }).success).toBe(false);
  });

  it("and what it can hold is let through", () => {
    const filter = { version: "2147483647", cluster: "75e69f2f592daee7", caller: "admin" };
    expect(ListExecutions.parse(filter)).toMatchObject({ ...filter, version: 2_147_483_647 });
  });
});
