import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listen, type RunningServer } from "./server.ts";

let server: RunningServer;
beforeAll(async () => {
  server = await listen({
    host: "127.0.0.1",
    port: 0,
    doors: () => [],
    pages: () => (request, response) => {
      response.end(`${request.headers.host} ${request.url}`);
      return true;
    },
  });
});
afterAll(() => server.close());

const ask = (target: string) => {
  const socket = connect(server.port, "127.0.0.1");
  socket.end(`GET ${target} HTTP/1.1\r\nhost: named.test\r\nconnection: close\r\n\r\n`);
  return text(socket);
};

it.each([
  ["/api/v1/tools?limit=1", "named.test /api/v1/tools?limit=1"],
  ["http://other.test:8080/api/v1/tools?limit=1", "other.test:8080 /api/v1/tools?limit=1"],
  ["http://other.test", "other.test /"],
  ["*", "named.test *"],
  ["/tools/%E0%A4%A", "named.test /tools/%25E0%25A4%25A"],
  ["/tools/%E0%A4%A4?text=100%&a=?", "named.test /tools/%E0%A4%A4?text=100%&a=?"],
])("a request for %s is one for %s", async (target, seen) => {
  expect(await ask(target)).toMatch(new RegExp(`${seen.replace(/[?*.]/g, "\\$&")}$`, "m"));
});

it("names the variable for a host that is nowhere, and for one that is elsewhere", async () => {
  const at = (host: string) => listen({ host, port: 0, doors: () => [], pages: () => () => true });
  await expect(at("nowhere.invalid")).rejects.toThrow(/^WHETSTONE_HOST is "nowhere\.invalid", but takes .+\.$/);
  await expect(at("192.0.2.1")).rejects.toThrow(/^WHETSTONE_HOST is "192\.0\.2\.1"/);
});
