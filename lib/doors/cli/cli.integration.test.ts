/** The command line against a running server. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { runCli } from "./cli.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

async function whetstone(args: string[], options: { env?: Record<string, string>; answer?: string } = {}) {
  let out = "";
  let err = "";
  const status = await runCli(args, {
    env: { WHETSTONE_URL: house.url, WHETSTONE_HOME: house.home, ...options.env },
    root: house.home,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    colour: false,
    interactive: options.answer !== undefined,
    readFile: (path) => readFile(path, "utf8"),
    async openFile(path) {
      const stream = createReadStream(path);
      await once(stream, "open");
      return stream;
    },
    readStdin: async () => '{"operation":"add","a":1,"b":1}',
    ask: async () => options.answer ?? "",
    fetch,
  });
  return { status, out, err };
}

describe("whetstone", () => {
  it("lists, shows and calls tools", async () => {
    const list = await whetstone(["tools", "list"]);
    expect(list).toMatchObject({ status: 0, err: "" });
    expect(list.out).toMatch(/^name +health +strategy/);
    expect(list.out).toMatch(/^calculator +\w+ +shadow/m);
    const shown = await whetstone(["tools", "show", "calculator"]);
    expect(shown.out).toContain("source:\nimport { defineTool }");
    const called = await whetstone(["call", "calculator", '{"operation":"add","a":1,"b":2}', "--json"]);
    expect(called.status).toBe(0);
    expect(JSON.parse(called.out)).toMatchObject({ status: "succeeded", output: { result: 3 } });
    expect((await whetstone(["call", "calculator", "-", "--json"])).out).toContain('"result": 2');
  });

  it("ends with 1 where it failed and 2 where it was not understood", async () => {
    const failed = await whetstone(["call", "calculator", '{"operation":"divide","a":1,"b":0}']);
    expect(failed.status).toBe(1);
    expect(failed.out).toContain("OutputNotJson");
    const missing = await whetstone(["tools", "show", "nobody", "--json"]);
    expect(missing.status).toBe(1);
    expect(JSON.parse(missing.out)).toMatchObject({ status: 404, code: "not_found" });
    expect((await whetstone(["proposal", "999"])).err).toContain("npx whetstone proposals lists what there is");
    expect((await whetstone(["tools", "shew"])).status).toBe(2);
    expect((await whetstone([])).status).toBe(2);
    const away = await whetstone(["tools", "list"], { env: { WHETSTONE_URL: "http://127.0.0.1:1" } });
    expect(away).toMatchObject({ status: 1, err: expect.stringContaining("npm start") });
    const keyless = await whetstone(["tools", "list"], { env: { WHETSTONE_HOME: "/nowhere" } });
    expect(keyless).toMatchObject({ status: 1, err: expect.stringContaining("WHETSTONE_KEY") });
  });

  it("shows what tools and callers wrote inertly", async () => {
    await whetstone(["call", "text_statistics", JSON.stringify({ text: "\u001b[2J\u202egone" })]);
    const list = await whetstone(["executions", "--tool", "text_statistics", "--limit", "1", "--json"]);
    const [{ id }] = JSON.parse(list.out).items;
    const shown = await whetstone(["execution", id]);
    expect(shown.out).not.toContain("\u001b");
    expect(shown.out).not.toContain("\u202e");
    expect(JSON.parse((await whetstone(["execution", id, "--json"])).out).input.text).toBe("\u001b[2J\u202egone");
  });

  it("explains every command", async () => {
    const help = await whetstone(["help"]);
    expect(help.status).toBe(0);
    for (const words of ["call <name> [input]", "approve <id>", "demo", "sign-in", "rollback <name> [version]"])
      expect(help.out).toContain(words);
    const one = await whetstone(["help", "generate"]);
    expect(one.out).toContain("--generator model|templates");
    expect((await whetstone(["settings", "change", "--help"])).out).toContain("--mode simulated|real");
    expect((await whetstone(["help", "nothing"])).status).toBe(2);
  });

  it("imports a file and prints a sign-in link that works", async () => {
    const file = join(house.home, "calls.ndjson");
    const line = { tool: "calculator", startedAt: "2026-01-01T00:00:00Z", latencyMs: 1, status: "succeeded" };
    await writeFile(
      file,
      `${JSON.stringify({ ...line, input: { operation: "add", a: 1, b: 2 }, output: { result: 3 } })}\nno\n`,
    );
    const imported = await whetstone(["import", file, "--json"]);
    expect(JSON.parse(imported.out)).toMatchObject({ imported: 1, rejected: [{ line: 2 }] });
    expect(imported.status).toBe(1);
    const refused = await whetstone(["import", `@${file}`]);
    expect(refused.out).toMatch(/^imported 1, there already 0, refused 1\n {2}line 2: is not JSON\n$/);
    expect(refused.status).toBe(1);
    await writeFile(file, "no\n".repeat(7));
    const all = await whetstone(["import", file]);
    expect(all).toMatchObject({ status: 1, out: expect.stringContaining("refused 7\n  line 1: is not JSON\n") });
    expect(all.out).toContain("and 2 more");
    const help = (await whetstone(["import", "--help"])).out;
    const example = help.split("\n").find((text) => text.startsWith("  {")) ?? "";
    await writeFile(file, `${example}\n`);
    expect(await whetstone(["import", file])).toMatchObject({
      status: 0,
      out: "imported 1, there already 0, refused 0\n",
    });
    const link = (await whetstone(["sign-in"])).out.trim();
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=wt_/);
    expect((await fetch(link, { redirect: "manual" })).headers.get("location")).toBe("/");
  });

  it("takes a tool from failing calls to a decision", async () => {
    for (let index = 0; index < 8; index++)
      await whetstone(["call", "calculator", JSON.stringify({ operation: "divide", a: index, b: 0 })]);
    const detected = await whetstone(["detect", "--json"]);
    const opportunity = JSON.parse(detected.out).items.find(({ tool }: { tool: string }) => tool === "calculator");
    const generated = await whetstone(["generate", opportunity.id, "--generator", "templates", "--wait", "--json"]);
    expect(generated.status).toBe(0);
    const proposal = JSON.parse(generated.out);
    expect(proposal.state).toBe("awaiting_review");
    const number = String(proposal.number);
    expect((await whetstone(["proposal", number])).out).toContain("diff:\n");
    expect((await whetstone(["approve", number])).status).toBe(2);
    expect(await whetstone(["approve", number], { answer: "n" })).toMatchObject({ status: 1 });
    const made = await whetstone(["keys", "create", "anna", "--scopes", "read,operate", "--json"]);
    const env = { WHETSTONE_KEY: JSON.parse(made.out).secret };
    await whetstone(["revise", number, "--source", `${proposal.source}// by hand\n`, "--wait"], { env });
    expect((await whetstone(["proposal", number])).out).toMatch(/^origin +\S.*, edited by anna$/m);
    const rejected = await whetstone(["reject", number, "--reason", "not now", "--json"]);
    expect(JSON.parse(rejected.out)).toMatchObject({ state: "rejected" });
  });
});
