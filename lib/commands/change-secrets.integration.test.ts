/** A secret on its way: from the settings to a declared host, and nowhere else. */
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Client as DatabaseClient } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { takeInEdits } from "./take-in-edits.ts";

const VALUE = "hush-7731-abc";

let house: TestHouse;
let world: Server;
const arrived: string[] = [];
const asked: string[] = [];
beforeAll(async () => {
  house = await openTestHouse({ WHETSTONE_ALLOW_PRIVATE_NETWORK: "1" });
  world = createServer((request, response) => {
    arrived.push(String(request.headers["x-token"] ?? ""));
    asked.push(String(request.url));
    // It gives back what it was sent, in its answer and in an error.
    response.writeHead(request.url === "/bad" ? 500 : 200).end(`got ${arrived.at(-1)}`);
  });
  await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(world.address() as AddressInfo).port}`;
  await writeFile(
    join(house.tools, "teller.ts"),
    `import { defineTool } from "whetstone";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
function decode(text: string): string {
  const bits = [...text.replace(/=+$/, "")].map((one) => LETTERS.indexOf(one).toString(2).padStart(6, "0")).join("");
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(parseInt(byte, 2))).join("");
}
export default defineTool({
  name: "teller", description: "Tells what it is told", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: ["${host}"], kv: "write", secrets: ["TELLER_TOKEN"] },
  async run({ path, coded }: any, ctx: any) {
    if (coded === true) path = decode(path);
    const token = ctx.secret("TELLER_TOKEN");
    ctx.log("the token is", token);
    await ctx.kv.set("token", token);
    const answer = await ctx.fetch("http://${host}" + path, { headers: { "x-token": token } });
    const text = await answer.text();
    if (!answer.ok) throw new Error("it said " + text);
    return { text, token };
  },
});
`,
  );
  await takeInEdits(house.machinery);
});
afterAll(async () => {
  world?.closeAllConnections();
  world?.close();
  await house?.close();
});

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  const response = await fetch(`${house.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const call = (path: string) => ask("POST", "/tools/teller/executions", { input: { path } });

it("a secret that nobody set fails the call, and says where to set it", async () => {
  expect(JSON.parse((await ask("GET", "/secrets")).text).items).toContainEqual({
    name: "TELLER_TOKEN",
    source: "missing",
    setAt: null,
    tools: ["teller"],
  });
  expect((await call("/")).text).toContain("The secret TELLER_TOKEN has no value: set it in the settings");
});

it("its value reaches the declared host, and no record, log, page, audit or answer", async () => {
  const set = await ask("POST", "/secrets", { name: "TELLER_TOKEN", value: VALUE });
  expect(set.status).toBe(200);
  const answers = [set, await call("/"), await call("/bad")];
  expect(arrived.slice(-2)).toEqual([VALUE, VALUE]);
  expect(JSON.parse(answers[1]?.text ?? "")).toMatchObject({
    output: {
      text: "got {{secret:TELLER_TOKEN}}",
      token: expect.stringMatching(/^\{\{secret:TELLER_TOKEN:\w{32}\}\}$/),
    },
  });
  for (const path of ["/secrets", "/audit", "/executions?tool=teller", "/tools/teller", "/settings", "/opportunities"])
    answers.push(await ask("GET", path));
  for (const { text } of answers) expect(text).not.toContain("hush-7");
  // In the whole database it stands in one row.
  const client = new DatabaseClient({ connectionString: house.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')",
    );
    const holding: string[] = [];
    for (const { table_schema, table_name } of rows) {
      const found = await client.query(
        `SELECT 1 FROM "${table_schema}"."${table_name}" AS row WHERE row::text LIKE '%hush-7%' LIMIT 1`,
      );
      if (found.rowCount !== 0) holding.push(table_name);
    }
    expect(holding).toEqual(["Secret"]);
  } finally {
    await client.end();
  }
});

it("a caller who writes a placeholder has no value sent, not even one that an earlier call was given", async () => {
  const { token } = JSON.parse((await call("/")).text).output;
  for (const written of ["{{secret:TELLER_TOKEN}}", "%7B%7Bsecret:TELLER_TOKEN%7D%7D", token]) {
    expect((await call(`/?q=${written}`)).status).toBe(200);
    expect(decodeURI(asked.at(-1) ?? "")).toBe(decodeURI(`/?q=${written}`));
  }
  // In a coding that only the tool takes off.
  const path = Buffer.from(`/?q=${token}`).toString("base64");
  expect((await ask("POST", "/tools/teller/executions", { input: { path, coded: true } })).status).toBe(200);
  expect(asked.at(-1)).toBe(`/?q=${token}`);
});

it("the environment stands above the settings, and a deleted secret is gone at once", async () => {
  process.env.WHETSTONE_SECRET_TELLER_TOKEN = "from-the-environment";
  try {
    await call("/");
    expect(arrived.at(-1)).toBe("from-the-environment");
    // An empty variable is one that is not set.
    process.env.WHETSTONE_SECRET_TELLER_TOKEN = "";
    await call("/");
    expect(arrived.at(-1)).toBe(VALUE);
  } finally {
    delete process.env.WHETSTONE_SECRET_TELLER_TOKEN;
  }
  expect((await ask("DELETE", "/secrets/TELLER_TOKEN")).status).toBe(200);
  expect((await call("/")).text).toContain("has no value");
  expect((await ask("DELETE", "/secrets/TELLER_TOKEN")).status).toBe(404);
});

it.each([
  [{ name: "1BAD", value: VALUE }, "name"],
  [{ name: "WITH SPACE", value: VALUE }, "name"],
  [{ name: "EMPTY", value: "" }, "value"],
  [{ name: "LONG", value: "x".repeat(10_001) }, "value"],
])("a wrong one is refused without being repeated: %#", async (secret, member) => {
  const { status, text } = await ask("POST", "/secrets", secret);
  expect(status).toBe(422);
  expect(JSON.parse(text).errors[0].path).toBe(member);
  expect(text).not.toContain("hush");
  expect(text).not.toContain("xxxx");
});
