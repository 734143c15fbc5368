import { describe, expect, test } from "vitest";
import { readEnvironment } from "./environment.ts";

describe("readEnvironment", () => {
  test("has sensible defaults", () => {
    const environment = readEnvironment({}, "/checkout");
    expect(environment).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      home: "/checkout/.whetstone",
      toolsFolder: "/checkout/tools",
      databaseUrl: null,
      modelName: null,
    });
  });

  test("resolves folders against the checkout and keeps absolute ones", () => {
    const environment = readEnvironment({ WHETSTONE_HOME: "data", WHETSTONE_TOOLS_DIR: "/srv/tools" }, "/checkout");
    expect(environment.home).toBe("/checkout/data");
    expect(environment.toolsFolder).toBe("/srv/tools");
  });

  test.each([
    ["PORT", "http"],
    ["PORT", "70000"],
    ["PORT", "0x10"],
    ["PORT", "1e3"],
    ["PORT", "-1"],
    ["PORT", "30.5"],
    ["WHETSTONE_HOST", "999.1.1.1"],
    ["WHETSTONE_HOST", "http://127.0.0.1"],
    ["WHETSTONE_HOST", "[::1]"],
    ["WHETSTONE_WORKERS", "0x2"],
    ["DATABASE_URL", "mysql://x/y"],
    ["OPENAI_BASE_URL", "localhost"],
    ["WHETSTONE_WORKERS", "0"],
    ["WHETSTONE_ALLOW_PRIVATE_NETWORK", "maybe"],
  ])("names %s and what it takes when it is %j", (name, value) => {
    expect(() => readEnvironment({ [name]: value }, "/checkout")).toThrow(`${name} is "${value}", but takes `);
  });

  test.each(["127.0.0.1", "0.0.0.0", "::", "::1", "fe80::1%eth0", "localhost", "box_1", "a-b.example"])(
    "listens on %s",
    (host) => expect(readEnvironment({ WHETSTONE_HOST: host }, "/checkout").host).toBe(host),
  );

  test("reads numbers as they are written", () => {
    expect(readEnvironment({ PORT: " 08080 ", WHETSTONE_WORKERS: "4" }, "/c")).toMatchObject({
      port: 8080,
      workers: 4,
    });
  });

  test("an empty variable counts as not set", () => {
    expect(readEnvironment({ PORT: "", DATABASE_URL: "" }, "/checkout").port).toBe(3000);
  });

  test("a key and a model without an address mean the provider's own endpoint", () => {
    expect(readEnvironment({ OPENAI_API_KEY: "k", WHETSTONE_MODEL: "m" }, "/c").modelBaseUrl).toMatch(/^https:/);
    expect(readEnvironment({ OPENAI_API_KEY: "k" }, "/c").modelBaseUrl).toBeNull();
  });
});
