import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { requireSameOrigin } from "./authenticate.ts";
import { guardHost, hostName } from "./guard-host.ts";

function request(headers: Record<string, string>): IncomingMessage {
  return { headers } as unknown as IncomingMessage;
}

describe("guardHost", () => {
  it.each(["127.0.0.1:3000", "localhost", "LOCALHOST:1", "[::1]:3000", "192.168.1.7:80", "app.localhost:3000"])(
    "lets %s pass",
    (host) => {
      expect(() => guardHost(request({ host }), [])).not.toThrow();
    },
  );

  it.each(["evil.example", "localhost.evil.example:3000", "127.0.0.1.nip.example", "", "a@localhost", "local host"])(
    "refuses %s",
    (host) => {
      expect(() => guardHost(request({ host }), [])).toThrow(/does not answer as/);
    },
  );

  it("knows the names it is given", () => {
    expect(() => guardHost(request({ host: "Whetstone.Internal:3000" }), ["whetstone.internal"])).not.toThrow();
    expect(hostName("[fe80::1]:1")).toBe("fe80::1");
  });
});

describe("requireSameOrigin", () => {
  it("takes its own pages and clients without a page", () => {
    expect(() => requireSameOrigin(request({ host: "localhost:3000", origin: "http://localhost:3000" }))).not.toThrow();
    expect(() => requireSameOrigin(request({ host: "localhost:3000", "sec-fetch-site": "same-origin" }))).not.toThrow();
  });

  it.each([
    { host: "localhost:3000", origin: "http://localhost:4000" },
    { host: "localhost:3000", origin: "https://evil.example" },
    { host: "localhost:3000", origin: "null" },
    { host: "localhost:3000", "sec-fetch-site": "cross-site" },
    { host: "localhost:3000" },
  ])("refuses %o", (headers) => {
    expect(() => requireSameOrigin(request(headers as Record<string, string>))).toThrow("own pages");
  });
});
