/** The official inspector, by its own command line: what a person types who looks at the server before an agent does. */
import { execFile } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "#lib/main/install.mjs";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

const INSPECTOR = join(root, "node_modules/@modelcontextprotocol/inspector-cli/build/cli.js");
/** It starts its second half by the name `node`, and looks for its own name from where it runs. */
const SURROUNDINGS = {
  cwd: dirname(INSPECTOR),
  env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
  timeout: 60_000,
};

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

async function inspect(key: string, ...words: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      INSPECTOR,
      "--cli",
      `${house.url}/mcp`,
      ...["--transport", "http"],
      ...["--header", `Authorization: Bearer ${key}`],
      ...words,
    ],
    SURROUNDINGS,
  );
  return JSON.parse(stdout);
}

it("lists the tools", async () => {
  const { tools } = (await inspect(house.key, "--method", "tools/list")) as { tools: { name: string }[] };
  const active = (await house.machinery.database.tools.list()).map(({ name }) => name);
  expect(tools.map(({ name }) => name).toSorted()).toEqual([...active, "report_wrong_output"].toSorted());
});

it("calls one, and its call is on record", async () => {
  const words = ["--method", "tools/call", "--tool-name", "calculator"];
  const args = ["--tool-arg", "operation=add", "--tool-arg", "a=2", "--tool-arg", "b=3"];
  const answer = (await inspect(house.key, ...words, ...args)) as {
    structuredContent: unknown;
    _meta: Record<string, string>;
  };
  expect(answer).toMatchObject({ structuredContent: { result: 5 }, content: [{ type: "text", text: '{"result":5}' }] });
  const recorded = await house.machinery.database.executions.find(answer._meta["whetstone/executionId"] ?? "");
  expect(recorded).toMatchObject({ tool: "calculator", status: "succeeded", input: { operation: "add", a: 2, b: 3 } });
});

it("is refused without a key that opens", async () => {
  await expect(inspect("wk_wrong_wrong", "--method", "tools/list")).rejects.toThrow(/401|unknown or was taken back/);
});
