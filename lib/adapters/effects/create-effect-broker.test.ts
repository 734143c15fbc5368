import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import type { EffectKind, Manifest, Permissions } from "#lib/core/tool.ts";
import type { KeyValueRepository } from "#lib/ports/database.ts";
import { isPrivateAddress, lookupPublic } from "./addresses.ts";
import { createEffectBroker } from "./create-effect-broker.ts";
import { fetchForTool } from "./fetch-for-tool.ts";
import { secretsOf } from "./secrets.ts";

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; body: string };
const seen: Seen[] = [];
let server: Server;
let host: string;

const ROUTES: Record<string, (response: ServerResponse, request: Seen) => void> = {
  "/": (response) => response.setHeader("set-cookie", "a=1").setHeader("X-Kind", "plain").end("hello"),
  "/echo": (response, request) =>
    response.end(JSON.stringify({ token: request.headers.authorization, body: request.body })),
  "/gzip": (response) => response.setHeader("content-encoding", "gzip").end(gzipSync("packed")),
  "/big": (response) => response.end("x".repeat(5_000_000)),
  "/again": (response) => response.writeHead(302, { location: "/" }).end(),
  "/circle": (response) => response.writeHead(302, { location: "/circle" }).end(),
  "/away": (response) => response.writeHead(302, { location: "http://example.org/" }).end(),
  "/sideways": (response) => response.writeHead(307, { location: `http://localhost:${host.split(":")[1]}/echo` }).end(),
  "/posted": (response) => response.writeHead(303, { location: "/echo" }).end(),
  "/keeps": (response) => response.setHeader("x-kept", 's3cret/"value"').end('you sent s3cret/"value"'),
  "/hangs": () => {},
  "/steals": (response) => response.writeHead(302, { location: "/echo?t={{secret:TOKEN}}" }).end(),
  "/steals-coded": (response) => response.writeHead(302, { location: "/echo?t=%7B%7Bsecret:TOKEN%7D%7D" }).end(),
  "/trickle": (response) => void response.writeHead(200).write("a"),
  "/broken": (response) => void response.socket?.destroy(),
};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body });
    const route = ROUTES[url.split("?")[0] ?? ""];
    if (route === undefined) response.writeHead(404).end("nothing here");
    else route(response, { method, url, headers, body });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const stored = new Map<string, Json>();
const keyValues: KeyValueRepository = {
  get: async (tool, key) => stored.get(`${tool}/${key}`),
  set: async (tool, key, value) => void stored.set(`${tool}/${key}`, value),
  delete: async (tool, key) => void stored.delete(`${tool}/${key}`),
};
const broker = createEffectBroker({
  keyValues,
  readSecret: (name) => ({ TOKEN: 's3cret/"value"' })[name],
  // The server of these tests is on this machine.
  allowPrivateAddresses: true,
  clock: { now: () => new Date(1000), id: () => "id", seed: () => 1 },
});

const SEAL = "5ea1";

function perform(
  kind: EffectKind,
  request: Json,
  permissions: Partial<Permissions> = {},
  signal = new AbortController().signal,
) {
  const granted = { network: [host], kv: "write" as const, secrets: ["TOKEN"], ...permissions };
  return broker("probe", { permissions: granted } as Manifest)({ kind, request, seal: SEAL, signal });
}

describe("ctx.fetch", () => {
  it("answers status, headers without cookies, and text", async () => {
    expect(await perform("fetch", { url: `http://${host}/?a=1` })).toMatchObject({
      status: 200,
      headers: { "x-kind": "plain" },
      body: "hello",
    });
    expect(await perform("fetch", { url: `http://${host}/` })).not.toHaveProperty("headers.set-cookie");
    expect(await perform("fetch", { url: `http://${host}/gzip` })).toMatchObject({ body: "packed" });
    expect(await perform("fetch", { url: `http://${host}/missing` })).toMatchObject({ status: 404 });
    expect(await perform("fetch", { url: `http://${host}/`, method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  it.each([
    ["an undeclared host", () => ({ url: "http://example.org/" }), "PermissionDenied", /example\.org is not declared/],
    ["another port of a declared host", () => ({ url: "http://127.0.0.1:9/" }), "PermissionDenied", /not declared/],
    ["a redirect to an undeclared host", () => ({ url: `http://${host}/away` }), "PermissionDenied", /example\.org/],
    ["a circle of redirects", () => ({ url: `http://${host}/circle` }), "FetchFailed", /redirects more than/],
    ["another protocol", () => ({ url: "file:///etc/passwd" }), "InvalidRequest", /http and https/],
    ["no URL", () => ({ url: "/relative" }), "InvalidRequest", /absolute/],
    ["a name and password in the URL", () => ({ url: `http://a:b@${host}/` }), "InvalidRequest", /password/],
    [
      "a header of the connection",
      () => ({ url: `http://${host}/`, headers: { Host: "x" } }),
      "InvalidRequest",
      /Host/,
    ],
    ["a split header", () => ({ url: `http://${host}/`, headers: { a: "b\r\nc: d" } }), "InvalidRequest", /"a"/],
    [
      "a header's name with a gap",
      () => ({ url: `http://${host}/`, headers: { "a b": "c" } }),
      "InvalidRequest",
      /a b/,
    ],
    ["a body to GET", () => ({ url: `http://${host}/`, body: "x" }), "InvalidRequest", /no body/],
    ["a strange method", () => ({ url: `http://${host}/`, method: "CONNECT" }), "InvalidRequest", /CONNECT/],
    ["a strange member", () => ({ url: `http://${host}/`, agent: {} }), "InvalidRequest", /agent|Unrecognized/],
    ["an answer without end", () => ({ url: `http://${host}/big` }), "ResponseTooLarge", /larger/],
    ["a connection that breaks", () => ({ url: `http://${host}/broken` }), "FetchFailed", /reached/],
  ])("refuses %s", async (_what, request, name, message) => {
    await expect(perform("fetch", request())).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  it("refuses a name that leads into the machine, at the moment of connecting", async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => lookupPublic("localhost", { all }, (fault) => resolve(fault)));
      expect(error).toMatchObject({
        name: "PermissionDenied",
        message: expect.stringMatching(/localhost leads there: (127\.|::1)/),
      });
    }
    // A resolver that finds the machine under an innocent name, as a rebinding one would.
    const before = seen.length;
    const url = `http://host.localhost:${host.split(":")[1]}/`;
    const request = { url, method: "GET", headers: {} };
    const options = {
      hosts: [new URL(url).host],
      secrets: secretsOf([], SEAL, () => undefined),
      signal: new AbortController().signal,
    };
    await expect(fetchForTool(request, { ...options, allowPrivateAddresses: false })).rejects.toMatchObject({
      name: expect.stringMatching(/PermissionDenied|FetchFailed/),
    });
    expect(seen.length).toBe(before);
  });

  it("refuses addresses of the machine and its network, declared or not, unless the operator allows them", async () => {
    const port = host.split(":")[1];
    const before = seen.length;
    for (const inside of [
      host,
      `localhost:${port}`,
      `[::1]:${port}`,
      "169.254.169.254",
      "10.0.0.1",
      `2130706433:${port}`,
    ]) {
      const url = new URL(`http://${inside}/`);
      const request = { url: url.href, method: "GET", headers: {} };
      const secrets = secretsOf([], SEAL, () => undefined);
      const { signal } = new AbortController();
      await expect(
        fetchForTool(request, { hosts: [url.host], secrets, allowPrivateAddresses: false, signal }),
      ).rejects.toMatchObject({
        name: "PermissionDenied",
        message: expect.stringContaining("WHETSTONE_ALLOW_PRIVATE_NETWORK"),
      });
    }
    expect(seen.length).toBe(before);
  });

  it("uses no proxy of the environment", async () => {
    const script = `
      import { request } from "node:http";
      import { fetchForTool } from ${JSON.stringify(new URL("./fetch-for-tool.ts", import.meta.url).href)};
      const secrets = { fill: (text) => text, mask: (text) => text };
      const { signal } = new AbortController();
      const asked = { url: "http://${host}/", method: "GET", headers: {} };
      const shared = await new Promise((resolve) => request(asked.url, () => resolve("direct")).on("error", () => resolve("proxied")).end());
      const { body } = await fetchForTool(asked, { hosts: ["${host}"], secrets, allowPrivateAddresses: true, signal });
      console.log(shared, body);
      process.exit();`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      env: {
        ...process.env,
        NODE_USE_ENV_PROXY: "1",
        HTTP_PROXY: "http://127.0.0.1:9",
        http_proxy: "http://127.0.0.1:9",
        NO_PROXY: "",
        no_proxy: "",
      },
    });
    // Node's own way went to the proxy, which is not there; a tool's did not.
    expect(stdout).toBe("proxied hello\n");
  });

  it("follows redirects with the method that they ask for, and carries no credentials to another origin", async () => {
    seen.length = 0;
    expect(await perform("fetch", { url: `http://${host}/again` })).toMatchObject({ body: "hello" });
    await perform("fetch", { url: `http://${host}/posted`, method: "POST", body: "b" });
    expect(seen.at(-1)).toMatchObject({ method: "GET", url: "/echo", body: "" });
    const both = { network: [host, `localhost:${host.split(":")[1]}`] };
    const headers = { authorization: "Bearer mine", "x-key": `{{secret:TOKEN:${SEAL}}}`, "x-open": "1" };
    await perform("fetch", { url: `http://${host}/sideways`, headers }, both);
    expect(seen.at(-1)?.headers).toMatchObject({ "x-open": "1" });
    expect(seen.at(-1)?.headers.authorization).toBeUndefined();
    expect(seen.at(-1)?.headers["x-key"]).toBeUndefined();
  });

  it("gives up with the call, and after its own time", async () => {
    const stop = new AbortController();
    const pending = perform("fetch", { url: `http://${host}/hangs` }, {}, stop.signal);
    stop.abort();
    await expect(pending).rejects.toMatchObject({ name: "FetchAborted" });
    for (const path of ["/hangs", "/trickle"]) {
      const late = fetchForTool(
        { url: `http://${host}${path}`, method: "GET", headers: {} },
        {
          hosts: [host],
          secrets: secretsOf([], SEAL, () => undefined),
          allowPrivateAddresses: true,
          signal: new AbortController().signal,
          limits: { timeMs: 50, bytes: 1000 },
        },
      );
      await expect(late).rejects.toMatchObject({ name: "FetchTimedOut" });
    }
  });

  it("fills secrets in on the way out, as each place writes them, and masks them on the way back", async () => {
    seen.length = 0;
    const request = {
      url: `http://${host}/echo?t={{secret:TOKEN:${SEAL}}}`,
      method: "POST",
      headers: { authorization: `Bearer {{secret:TOKEN:${SEAL}}}`, "content-type": "application/json" },
      body: `{"t":"{{secret:TOKEN:${SEAL}}}","other":"{{secret:OTHER:${SEAL}}}"}`,
    };
    const answer = await perform("fetch", request);
    expect(seen[0]?.headers.authorization).toBe('Bearer s3cret/"value"');
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({ t: 's3cret/"value"', other: `{{secret:OTHER:${SEAL}}}` });
    expect(new URL(seen[0]?.url ?? "", "http://x").searchParams.get("t")).toBe('s3cret/"value"');
    expect(JSON.stringify(answer)).not.toContain("s3cret");
    expect(answer).toMatchObject({ body: expect.stringContaining("{{secret:TOKEN}}") });
    const coded = { url: `http://${host}/echo?t=${encodeURIComponent(`{{secret:TOKEN:${SEAL}}}`)}` };
    await perform("fetch", coded);
    expect(new URL(seen[1]?.url ?? "", "http://x").searchParams.get("t")).toBe('s3cret/"value"');
  });

  it("fills nothing in that has not the call's seal, whoever wrote it and wherever it stands", async () => {
    for (const path of ["/steals", "/steals-coded"]) {
      const { length } = seen;
      await perform("fetch", { url: `http://${host}${path}` });
      expect(seen).toHaveLength(length + 2);
      expect(seen.at(-1)?.url).toMatch(/secret:TOKEN/);
    }
    for (const text of [
      "{{secret:TOKEN}}",
      "{{secret:TOKEN:0000}}",
      "{{secret:TOKEN:}}",
      "{{secret:TOKEN:undefined}}",
    ]) {
      for (const written of [text, encodeURIComponent(text)]) {
        await perform("fetch", { url: `http://${host}/echo?t=${written}` });
        await perform("fetch", {
          url: `http://${host}/echo`,
          method: "POST",
          body: written,
          headers: { "x-a": written },
        });
        expect(JSON.stringify(seen.slice(-2))).not.toContain("s3cret");
      }
    }
  });

  it("carries a body with a secret in it to no other server", async () => {
    const both = { network: [host, `localhost:${host.split(":")[1]}`] };
    const request = { url: `http://${host}/sideways`, method: "POST", body: `k={{secret:TOKEN:${SEAL}}}` };
    const { length } = seen;
    await expect(perform("fetch", request, both)).rejects.toMatchObject({ message: /redirects a body with a secret/ });
    expect(seen).toHaveLength(length + 1);
    await perform("fetch", { ...request, body: "plain" }, both);
    expect(seen.at(-1)).toMatchObject({ url: "/echo", body: "plain" });
  });

  it("masks a secret that a server kept from an earlier request", async () => {
    const answer = await perform("fetch", { url: `http://${host}/keeps` });
    expect(JSON.stringify(answer)).not.toContain("s3cret");
    expect(answer).toMatchObject({ body: "you sent {{secret:TOKEN}}", headers: { "x-kept": "{{secret:TOKEN}}" } });
  });

  it("says which secret has no value", async () => {
    const request = { url: `http://${host}/`, headers: { a: `{{secret:ABSENT:${SEAL}}}` } };
    await expect(perform("fetch", request, { secrets: ["ABSENT"] })).rejects.toMatchObject({
      name: "SecretMissing",
      message: expect.stringContaining("WHETSTONE_SECRET_ABSENT"),
    });
  });
});

describe("ctx.kv", () => {
  it("keeps values a tool, by permission", async () => {
    expect(await perform("kv.get", { key: "k" })).toBeNull();
    await perform("kv.set", { key: "k", value: { a: [1] } });
    expect(await perform("kv.get", { key: "k" }, { kv: "read" })).toEqual({ a: [1] });
    await perform("kv.delete", { key: "k" });
    expect(await perform("kv.get", { key: "k" })).toBeNull();
  });

  it.each([
    ["reading without permission", "kv.get", { key: "k" }, "none", "PermissionDenied"],
    ["writing with reading only", "kv.set", { key: "k", value: 1 }, "read", "PermissionDenied"],
    ["deleting with reading only", "kv.delete", { key: "k" }, "read", "PermissionDenied"],
    ["an empty key", "kv.get", { key: "" }, "write", "InvalidRequest"],
    ["a value that is too large", "kv.set", { key: "k", value: "x".repeat(1_100_000) }, "write", "InvalidRequest"],
  ] as const)("refuses %s", async (_what, kind, request, kv, name) => {
    await expect(perform(kind, request, { kv })).rejects.toMatchObject({ name });
  });
});

describe("isPrivateAddress", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "::7f00:1",
    "fec0::1",
    "168.63.129.16",
    "not an address",
  ])("%s is inside", (address) => expect(isPrivateAddress(address)).toBe(true));
  it.each(["1.1.1.1", "172.32.0.1", "193.99.144.80", "2606:4700::1111", "::ffff:1.1.1.1"])("%s is outside", (address) =>
    expect(isPrivateAddress(address)).toBe(false),
  );
});
