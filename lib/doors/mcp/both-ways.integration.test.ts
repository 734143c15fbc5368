/** The short way of a call and the SDK's way: asked the same, they answer the same. */
import { readFile, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { readLeanCall } from "./lean-call.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
  const calculator = await readFile(join(house.tools, "calculator.ts"), "utf8");
  // Whatever JSON it is given, it gives back; the earlier versions of the protocol wrap what is no object.
  const echo = calculator
    .replace('name: "calculator"', 'name: "echo"')
    .replace(
      /inputSchema: \{[\s\S]*?\n {2}\},\n {2}outputSchema: \{[\s\S]*?\n {2}\},/,
      "inputSchema: {}, outputSchema: {},",
    )
    .replace(/testCases: \[[\s\S]*?\n {2}\],/, "testCases: [],")
    .replace(/run\(\{ operation, a, b \}\) \{[\s\S]*\n {2}\},\n\}\);/, "run(input) { return input.value; },\n});");
  await writeFile(join(house.tools, "echo.ts"), echo);
  await takeInEdits(house.machinery);
});
afterAll(() => house?.close());

type Answer = { status: number; headers: Record<string, unknown>; body: unknown };

const ACCEPT = "application/json, text/event-stream";

/** Over a bare socket's client: `fetch` would not send every header. */
function post(body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      `${house.url}/mcp`,
      { method: "POST", headers: { "content-type": "application/json", accept: ACCEPT, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => {
          const kept = ["content-type", "www-authenticate", "retry-after", "mcp-session-id"];
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(kept.map((name) => [name, response.headers[name]])),
            body: text === "" ? null : JSON.parse(text),
          });
        });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

/** An answer without what differs between two calls: the execution and how long it took. */
function withoutChance({ status, headers, body }: Answer): unknown {
  const text = JSON.stringify(body)
    .replace(/[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}/g, "<id>")
    .replace(/"whetstone\/latencyMs":[\d.e-]+/g, '"whetstone/latencyMs":0');
  return { status, headers, body: JSON.parse(text) };
}

/** Sends a call the short way, and once more with a header that the SDK passes over but the short way does not take. */
async function bothWays(params: unknown, headers: Record<string, string>, id: unknown = 7): Promise<unknown[]> {
  const body = { jsonrpc: "2.0", id, method: "tools/call", params };
  const long = { ...headers, "last-event-id": "1" };
  const common = { accept: ACCEPT, "content-type": "application/json" };
  expect(readLeanCall({ ...common, ...headers }, body)).not.toBeNull();
  expect(readLeanCall({ ...common, ...long }, body)).toBeNull();
  const text = JSON.stringify(body);
  return [withoutChance(await post(text, headers)), withoutChance(await post(text, long))];
}

type Called = { body: { result: { content: { text: string }[]; structuredContent: unknown } } };

/** The SDK copies what it takes for objects member by member, and this member is no copy's own: it drops it. */
const hasProto = (value: unknown): boolean =>
  value !== null && typeof value === "object" && Object.hasOwn(value, "__proto__");

const key = (): Record<string, string> => ({ authorization: `Bearer ${house.key}` });

describe("both ways", () => {
  it.each([
    ["succeeds", { name: "calculator", arguments: { operation: "add", a: 1, b: 2 } }],
    ["fails", { name: "calculator", arguments: { operation: "divide", a: 1, b: 0 } }],
    ["is rejected", { name: "calculator", arguments: { operation: "root", a: 1 } }],
    ["has no arguments", { name: "calculator" }],
    ["names no tool", { name: "nobody", arguments: {} }],
    ["names what can be no tool", { name: "../etc/passwd", arguments: {} }],
    ["has an empty name", { name: "", arguments: {} }],
  ])("answer the same to a call that %s", async (_what, params) => {
    for (const version of [undefined, "2025-06-18", "2025-11-25"]) {
      const headers = { ...key(), ...(version === undefined ? {} : { "mcp-protocol-version": version }) };
      const [short, long] = await bothWays(params, headers);
      expect(short).toEqual(long);
      expect(short).toMatchObject({ status: 200 });
    }
  });

  it("answer the same whatever a tool gives back", async () => {
    const outputs = fc.jsonValue({ maxDepth: 4 }).filter((value) => !hasProto(value));
    await fc.assert(
      fc.asyncProperty(outputs, async (value) => {
        const [short, long] = await bothWays({ name: "echo", arguments: { value } }, key());
        expect(short).toEqual(long);
        expect(short).toMatchObject({ status: 200, body: { result: { _meta: { "whetstone/status": "succeeded" } } } });
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ["of the output", '{"value":{"__proto__":{"a":[1]},"b":2}}'],
    ["of the arguments", '{"value":{"b":2},"__proto__":{"value":3}}'],
  ])(
    "keep a member named __proto__ %s, but the SDK leaves it out of what it makes an object of",
    async (where, given) => {
      const ofOutput = where === "of the output";
      const output = JSON.parse(ofOutput ? '{"__proto__":{"a":[1]},"b":2}' : '{"b":2}');
      const [short, long] = (await bothWays({ name: "echo", arguments: JSON.parse(given) }, key())) as Called[];
      for (const answer of [short, long])
        expect(JSON.parse(answer?.body.result.content[0]?.text ?? "")).toStrictEqual(output);
      expect(short?.body.result.structuredContent).toStrictEqual(output);
      expect(long?.body.result.structuredContent).toStrictEqual({ b: 2 });
      const { items } = await house.machinery.database.executions.list({ tool: "echo" }, { limit: 2 });
      const [byLong, byShort] = items.map(({ input }) => JSON.stringify(input));
      expect(byShort).toBe(given);
      expect(byLong).toBe(ofOutput ? given : '{"value":{"b":2}}');
    },
  );

  it("answer the same to any id", async () => {
    for (const id of [0, -1, Number.MAX_SAFE_INTEGER, "", "ü€😀", "1"]) {
      const [short, long] = await bothWays({ name: "echo", arguments: { value: 1 } }, key(), id);
      expect(short).toEqual(long);
      expect(short).toMatchObject({ body: { id } });
    }
  });

  it.each([
    ["no key", {}, 401],
    ["a wrong key", { authorization: "Bearer wk_wrong_wrong" }, 401],
    ["a name that is not its own", { host: "evil.example" }, 421],
    ["a page of another site", { origin: "https://evil.example" }, 403],
  ])("refuse the same: %s", async (_what, headers, status) => {
    const own = status === 401 ? {} : key();
    const [short, long] = await bothWays({ name: "echo", arguments: { value: 1 } }, { ...own, ...headers });
    expect(short).toEqual(long);
    expect(short).toMatchObject({ status });
  });

  it("refuse the same to a key without the scope", async () => {
    const made = await fetch(`${house.url}/api/v1/keys`, {
      method: "POST",
      headers: { ...key(), "content-type": "application/json" },
      body: JSON.stringify({ name: "reader", scopes: ["read"] }),
    });
    const { secret } = (await made.json()) as { secret: string };
    const reader = { authorization: `Bearer ${secret}` };
    const [short, long] = await bothWays({ name: "calculator", arguments: {} }, reader);
    expect(short).toEqual(long);
    expect(JSON.stringify(short)).toContain("it needs the scope");
  });
});
