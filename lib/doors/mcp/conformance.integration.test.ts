/** The official conformance suite, by its own command line, on the scenarios that apply to a server of tools. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { takeInEdits } from "#lib/commands/take-in-edits.ts";
import { root } from "#lib/main/install.mjs";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";

const SUITE = join(root, "node_modules/@modelcontextprotocol/conformance/dist/index.js");

/** What a scenario asks for by name, as tools of this product. */
const TOOLS: Record<string, { inputSchema: object; run: string }> = {
  test_simple_text: { inputSchema: { type: "object" }, run: 'return "This is a simple text response for testing."' },
  test_error_handling: {
    inputSchema: { type: "object" },
    run: 'throw new ToolError("intended", "This tool intentionally returns an error for testing")',
  },
  test_tool_with_progress: { inputSchema: { type: "object" }, run: 'return "done"' },
  json_schema_2020_12_tool: {
    inputSchema: {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      $defs: { address: { type: "object", properties: { street: { type: "string" }, city: { type: "string" } } } },
      properties: { name: { type: "string" }, address: { $ref: "#/$defs/address" } },
      additionalProperties: false,
    },
    run: 'return "ok"',
  },
};

function sourceOf(name: string, { inputSchema, run }: (typeof TOOLS)[string]): string {
  return `import { defineTool, ToolError } from "whetstone";
void ToolError;
export default defineTool({
  name: "${name}",
  description: "A tool of the conformance suite",
  inputSchema: ${JSON.stringify(inputSchema)},
  outputSchema: {},
  characteristics: { idempotent: true, sideEffects: [], safeForShadowTesting: true, requiresMocking: [], testDataAvailable: false },
  permissions: { network: [], kv: "none", secrets: [] },
  run() { ${run}; },
});
`;
}

let house: TestHouse;
let entrance: Server;
let folder: string;
beforeAll(async () => {
  house = await openTestHouse();
  folder = await mkdtemp(join(tmpdir(), "whetstone-conformance-"));
  for (const [name, tool] of Object.entries(TOOLS)) {
    await writeFile(join(house.tools, `${name}.ts`), sourceOf(name, tool));
  }
  await takeInEdits(house.machinery);
  // The suite has no way to send a key: it is added on the way, and nothing else is changed.
  entrance = createServer((asked, answered) => {
    const headers = { ...asked.headers, authorization: `Bearer ${house.key}` };
    const passed = httpRequest(`${house.url}${asked.url}`, { method: asked.method, headers }, (answer) => {
      answered.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(answered);
    });
    passed.on("error", () => answered.destroy());
    answered.on("close", () => passed.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => entrance.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  entrance?.closeAllConnections();
  entrance?.close();
  await house?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

it.each([
  "server-initialize",
  "ping",
  "tools-list",
  "tools-call-simple-text",
  "tools-call-error",
  "tools-call-with-progress",
  "json-schema-2020-12",
  "server-sse-polling",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
])("%s", async (scenario) => {
  const url = `http://127.0.0.1:${(entrance.address() as AddressInfo).port}/mcp`;
  const { code, stdout } = await promisify(execFile)(
    process.execPath,
    [SUITE, "server", "--url", url, "--scenario", scenario, "--verbose", "-o", folder],
    { timeout: 60_000 },
  ).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
  expect(stdout).not.toContain('"FAILURE"');
  expect({ code, ran: /"SUCCESS"|"INFO"|"WARNING"/.test(stdout) }, stdout).toEqual({ code: 0, ran: true });
});
