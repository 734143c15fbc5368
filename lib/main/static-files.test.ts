import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStaticDoor } from "./static-files.ts";

const SCRIPT = "globalThis.answer = 42;\n".repeat(200);
let folder: string;
let server: Server;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "whetstone-static-"));
  await mkdir(join(folder, "static/chunks"), { recursive: true });
  await writeFile(join(folder, "static/chunks/one.js"), SCRIPT);
  await writeFile(join(folder, "secret.js"), "secret");
  const door = createStaticDoor(folder);
  server = createServer(async (request, response) => {
    if (!(await door(request, response))) response.writeHead(404).end("left to others");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test("a script of the build comes packed, and may be kept for ever", async () => {
  const response = await fetch(`${url}/_next/static/chunks/one.js?v=1`);
  expect(await response.text()).toBe(SCRIPT);
  expect(response.headers.get("content-encoding")).toBe("gzip");
  expect(Number(response.headers.get("content-length"))).toBeLessThan(SCRIPT.length / 10);
  expect(response.headers.get("cache-control")).toContain("immutable");
});

test("what is not of the build, no script or not to be packed is left to others", async () => {
  for (const path of [
    "/_next/static/chunks/two.js",
    "/_next/static/..%2fsecret.js",
    "/chunks/one.js",
    "/_next/static/x",
  ])
    expect((await fetch(url + path)).status).toBe(404);
  expect(
    (await fetch(`${url}/_next/static/chunks/one.js`, { headers: { "accept-encoding": "identity" } })).status,
  ).toBe(404);
});
