import { describe, expect, it } from "vitest";
import { networkFaults } from "./network-host.ts";

const faultsOf = (...network: string[]): string[] =>
  networkFaults({ permissions: { network, kv: "none", secrets: [] } });

describe("networkFaults", () => {
  it.each([
    "api.example.com",
    "API.Example.com",
    "localhost",
    "localhost:8080",
    "api.example.com:80",
    "api.example.com:443",
    "hooks_internal.example",
    "xn--mnchen-3ya.de",
    "127.0.0.1:3000",
    "[::1]:3000",
    "example.com.",
  ])("takes %s, which requests can reach", (host) => expect(faultsOf(host)).toEqual([]));

  it.each([
    ["*", "name each host, such as api.example.com"],
    ["*.example.com", "name each host, such as api.example.com"],
    ["", "name each host, such as api.example.com"],
    ["a.example, b.example", "name each host, such as api.example.com"],
    ["999.1.1.1", "name each host, such as api.example.com"],
    ["x.example:99999", "name each host, such as api.example.com"],
    ["https://x.example/", 'write "x.example"'],
    ["http://x.example:8080/path", 'write "x.example:8080"'],
    ["x.example/", 'write "x.example"'],
    ["me@x.example", 'write "x.example"'],
    [" x.example", 'write "x.example"'],
    ["münchen.de", 'write "xn--mnchen-3ya.de"'],
    ["0177.0.0.1", 'write "127.0.0.1"'],
    ["::1", "name each host, such as api.example.com"],
  ])("refuses %j and says what to write", (host, instead) => {
    const [fault, ...more] = faultsOf("api.example.com", host);
    expect(more).toEqual([]);
    expect(fault).toContain(`"${host}"`);
    expect(fault?.endsWith(instead), fault).toBe(true);
  });
});
