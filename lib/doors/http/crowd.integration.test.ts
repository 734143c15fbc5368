/** A crowd at one tool: as many as may run and wait do, the rest are told when to come back, and other tools are answered. */
import { writeFile } from "node:fs/promises";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { HOUSE_LIMITS } from "#lib/pipeline/1-execute/admission.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

let house: TestHouse;
let world: Server;
/** Answers of the world that wait for the word. */
const held: (() => void)[] = [];
let open = false;
const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
beforeAll(async () => {
  house = await openTestHouse({ WHETSTONE_ALLOW_PRIVATE_NETWORK: "1" });
  world = createServer((_request, response) => {
    if (open) response.end("ok");
    else held.push(() => response.end("ok"));
  });
  await new Promise<void>((resolve) => world.listen(0, "127.0.0.1", 2_000, resolve));
  const host = `127.0.0.1:${(world.address() as AddressInfo).port}`;
  await writeFile(
    join(house.tools, "crowded.ts"),
    `import { defineTool } from "whetstone";
export default defineTool({
  name: "crowded", description: "Waits for the world", inputSchema: {}, outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: ["${host}"], kv: "none", secrets: [] },
  async run(_input: unknown, ctx: any) { return await (await ctx.fetch("http://${host}/")).text(); },
});
`,
  );
  await takeInEdits(house.machinery);
});
afterAll(async () => {
  agent.destroy();
  world?.closeAllConnections();
  world?.close();
  await house?.close();
});

type Answer = { status: number; retryAfter: string | undefined; body: { status?: string; detail?: string } };

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${house.url}${path}`,
      {
        method: "POST",
        agent,
        headers: { authorization: `Bearer ${house.key}`, "content-type": "application/json", ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers["retry-after"],
            body: JSON.parse(text),
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

it("is bounded, by HTTP and by MCP, beside tools that answer, and passes", async () => {
  const { perTool, waitingPerTool } = HOUSE_LIMITS;
  const over = 20;
  const refused: Answer[] = [];
  const crowd = Array.from({ length: perTool + waitingPerTool + over }, async () => {
    const answer = await post("/api/v1/tools/crowded/executions", { input: {} });
    if (answer.status === 429) refused.push(answer);
    return answer;
  });
  await expect.poll(() => [held.length, refused.length], { timeout: 30_000 }).toEqual([perTool, over]);
  for (const { retryAfter, body } of refused) {
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect(body.detail).toContain("calls of crowded wait already");
  }
  // By MCP the same, whichever way the call takes.
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "crowded", arguments: {} } };
  for (const accept of ["application/json, text/event-stream", "text/event-stream, application/json;q=0.9"]) {
    const answer = await post("/mcp", call, { accept });
    expect(answer.status).toBe(429);
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
  }
  const before = performance.now();
  const other = await post("/api/v1/tools/calculator/executions", { input: { operation: "add", a: 1, b: 2 } });
  expect(other).toMatchObject({ status: 200, body: { status: "succeeded" } });
  expect(performance.now() - before).toBeLessThan(2_000);
  open = true;
  for (const answer of held.splice(0)) answer();
  const ended = await Promise.all(crowd);
  expect(ended.filter(({ status }) => status === 200)).toHaveLength(perTool + waitingPerTool);
  // Who was refused was not called, and is not on record; who waited was called once.
  const { items } = await house.machinery.database.executions.list({ tool: "crowded" }, { limit: 1_000 });
  const statistics = await house.machinery.database.executions.statistics({ tool: "crowded" });
  expect(items.length).toBeGreaterThan(0);
  expect(statistics.map(({ counts }) => counts)).toEqual([{ succeeded: perTool + waitingPerTool }]);
});
