/** Who gets in, and with what. */

import { readFile, stat } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sha256 } from "#lib/core/json.ts";
import { openTestHouse, type TestHouse } from "#lib/testing/test-house.ts";
import { createSignInLink, ensureAdminKey } from "../access.ts";

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${house.url}${path}`, { headers, redirect: "manual" });
}

function send(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${house.url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    redirect: "manual",
  });
}

function admin(): Record<string, string> {
  return { authorization: `Bearer ${house.key}` };
}

async function signIn(): Promise<string> {
  const { database, clock } = house.machinery;
  const link = await createSignInLink({ database, clock, address: house.url });
  const response = await fetch(link, { redirect: "manual" });
  return (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
}

describe("keys", () => {
  it("keeps the admin key private, and the same at every start", async () => {
    const path = join(house.home, "admin-key");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, "utf8")).trim()).toBe(house.key);
    expect(await ensureAdminKey({ database: house.machinery.database, home: house.home })).toBe(house.key);
    const found = await house.machinery.database.access.findKeyByHash(sha256(house.key));
    expect(found).toMatchObject({ name: "admin", scopes: ["admin"] });
  });

  it("opens nothing without a key, with a wrong one, or with one taken back", async () => {
    expect((await get("/api/v1/tools")).status).toBe(401);
    expect((await get("/api/v1/tools", { authorization: "Basic YTpi" })).status).toBe(401);
    expect((await get("/api/v1/tools", { authorization: "Bearer wk_wrong_wrong" })).status).toBe(401);
    const made = await send("POST", "/api/v1/keys", { name: "agent", scopes: ["read", "call"] }, admin());
    const key = (await made.json()) as { id: string; secret: string };
    const agent = { authorization: `Bearer ${key.secret}` };
    expect((await get("/api/v1/tools", agent)).status).toBe(200);
    expect((await send("PATCH", "/api/v1/settings", { mode: "real" }, agent)).status).toBe(403);
    const listed = await (await get("/api/v1/keys", admin())).text();
    expect(listed).toContain(key.id);
    expect(listed).not.toContain(key.secret);
    expect((await fetch(`${house.url}/api/v1/keys/${key.id}`, { method: "DELETE", headers: admin() })).status).toBe(
      200,
    );
    expect((await get("/api/v1/tools", agent)).status).toBe(401);
  });

  it("does not lock itself out", async () => {
    const keys = (await (await get("/api/v1/keys", admin())).json()) as { items: { id: string; name: string }[] };
    const own = keys.items.find(({ name }) => name === "admin");
    const refused = await fetch(`${house.url}/api/v1/keys/${own?.id}`, { method: "DELETE", headers: admin() });
    expect(refused.status).toBe(409);
  });
});

describe("sign-in", () => {
  it("works once with a link, and goes where it was asked to on this site only", async () => {
    const { database, clock } = house.machinery;
    const link = await createSignInLink({ database, clock, address: house.url });
    const first = await fetch(`${link}&next=/tools/calculator`, { redirect: "manual" });
    expect(first.status).toBe(303);
    expect(first.headers.get("location")).toBe("/tools/calculator");
    expect(first.headers.get("set-cookie")).toMatch(/^whetstone_session=ws_\S+; Path=\/; HttpOnly; SameSite=Lax/);
    const second = await fetch(link, { redirect: "manual" });
    expect(second.headers.get("location")).toBe("/sign-in?error=link");
    expect(second.headers.get("set-cookie")).toBeNull();
    const other = await createSignInLink({ database, clock, address: house.url });
    const away = await fetch(`${other}&next=//evil.example`, { redirect: "manual" });
    expect(away.headers.get("location")).toBe("/");
  });

  it("goes on by the link to where the sign-in page was asked from, and keeps that when the link is used", async () => {
    const { database, clock } = house.machinery;
    const link = await createSignInLink({ database, clock, address: house.url });
    const follow = (next: string): Promise<Response> =>
      fetch(link, { redirect: "manual", headers: { cookie: `whetstone_next=${encodeURIComponent(next)}` } });
    const first = await follow("/tools/good_sum?days=7#case-3");
    expect(first.headers.get("location")).toBe("/tools/good_sum?days=7#case-3");
    expect(first.headers.getSetCookie().map((one) => one.split("=")[0])).toEqual([
      "whetstone_session",
      "whetstone_next",
    ]);
    expect((await follow("/tools/good_sum?days=7")).headers.get("location")).toBe(
      "/sign-in?error=link&next=%2Ftools%2Fgood_sum%3Fdays%3D7",
    );
    expect((await follow("//evil.example")).headers.get("location")).toBe("/sign-in?error=link");
  });

  it("does not work when the link is old", async () => {
    const { database, clock } = house.machinery;
    const past = { ...clock, now: () => new Date(Date.now() - 11 * 60_000) };
    const link = await createSignInLink({ database, clock: past, address: house.url });
    expect((await fetch(link, { redirect: "manual" })).headers.get("location")).toBe("/sign-in?error=link");
  });

  it("works with a pasted key from its own page, and ends", async () => {
    const own = { origin: house.url };
    expect((await send("POST", "/api/sign-in", { key: house.key }, { origin: "http://evil.example" })).status).toBe(
      403,
    );
    expect((await send("POST", "/api/sign-in", { key: "wk_nothing" }, own)).status).toBe(401);
    const opened = await send("POST", "/api/sign-in", { key: house.key }, own);
    const cookie = (opened.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    expect((await get("/api/v1/tools", { cookie })).status).toBe(200);
    const ended = await send("POST", "/api/sign-out", {}, { ...own, cookie });
    expect(ended.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await get("/api/v1/tools", { cookie })).status).toBe(401);
  });

  it("takes changes with a session from its own pages only", async () => {
    const cookie = await signIn();
    const body = { input: { operation: "add", a: 1, b: 1 } };
    const path = "/api/v1/tools/calculator/executions";
    expect((await send("POST", path, body, { cookie })).status).toBe(403);
    expect((await send("POST", path, body, { cookie, origin: "http://evil.example" })).status).toBe(403);
    expect((await send("POST", path, body, { cookie, origin: house.url })).status).toBe(200);
    const me = await house.machinery.database.access.listKeys();
    expect(me.find(({ kind }) => kind === "person")).toMatchObject({ name: "owner" });
  });
});

describe("host names", () => {
  it("answers under names it knows only", async () => {
    const { port } = new URL(house.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = httpRequest(
        { host: "127.0.0.1", port, path: "/api/healthz", headers: { host: "evil.example" } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      asked.on("error", reject);
      asked.end();
    });
    expect(status).toBe(421);
  });
});
