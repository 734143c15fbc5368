/** A recorded call runs again on any version, from its record alone. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Caller } from "#lib/core/actor.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { callTool } from "./call-tool.ts";
import { type Context, runCommand } from "./command.ts";
import { replayExecution } from "./replay-execution.ts";
import { resolveSync } from "./resolve-sync.ts";
import { takeInEdits } from "./take-in-edits.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

const caller: Caller = { actor: { kind: "person", id: "p", name: "ada" }, scopes: ["admin"] };
const ctx = (): Context => ({ ...house.machinery, caller });

describe("replaying a call", () => {
  it("answers effects from the record, touches nothing and adds no call", async () => {
    const { executions, keyValues } = house.machinery.database;
    const input = { userId: "u7", name: "language", value: "en" };
    const { id } = await runCommand(callTool, ctx(), { name: "set_preference", input });
    await keyValues.set("set_preference", "preferences/u7", { language: "fr" });
    const before = (await executions.list({}, { limit: 10 })).items.length;
    expect(await runCommand(replayExecution, ctx(), { id })).toMatchObject({
      same: true,
      status: "succeeded",
      version: 1,
      differences: [],
    });
    expect(await keyValues.get("set_preference", "preferences/u7")).toEqual({ language: "fr" });
    expect((await executions.list({}, { limit: 10 })).items).toHaveLength(before);
  });

  it.each([
    ["a rejection", { operation: "divide", a: "x" }, "rejected"],
    ["a rejection of the whole", [1], "rejected"],
    ["an answer that is no JSON", { operation: "divide", a: 1, b: 0 }, "failed"],
  ])("ends as recorded: %s", async (_what, input, status) => {
    const execution = await runCommand(callTool, ctx(), { name: "calculator", input });
    expect(execution.status).toBe(status);
    const replayed = await runCommand(replayExecution, ctx(), { id: execution.id });
    expect(replayed).toMatchObject({ same: true, status, differences: [], error: execution.error });
  });

  it("says where another version answers otherwise", async () => {
    const { id } = await runCommand(callTool, ctx(), { name: "calculator", input: { operation: "add", a: 1, b: 2 } });
    const file = join(house.tools, "calculator.ts");
    const source = await readFile(file, "utf8");
    expect(source).toContain("a + b");
    await writeFile(file, source.replace("a + b", "a + b + 1"));
    await takeInEdits(house.machinery);
    await runCommand(resolveSync, ctx(), { name: "calculator", resolution: "take_disk" });
    expect(await runCommand(replayExecution, ctx(), { id })).toMatchObject({
      same: false,
      version: 2,
      differences: [{ path: "/result", before: 3, after: 4 }],
    });
    expect(await runCommand(replayExecution, ctx(), { id, version: 1 })).toMatchObject({ same: true, version: 1 });
    await expect(runCommand(replayExecution, ctx(), { id, version: 9 })).rejects.toMatchObject({ code: "not_found" });
  });
});
