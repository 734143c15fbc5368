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
    ["DATABASE_URL", "mysql://x/y"],
    ["OPENAI_BASE_URL", "localhost"],
    ["WHETSTONE_WORKERS", "0"],
    ["WHETSTONE_ALLOW_PRIVATE_NETWORK", "maybe"],
  ])("names %s and what it takes when it is %j", (name, value) => {
    expect(() => readEnvironment({ [name]: value }, "/checkout")).toThrow(
      new RegExp(`^${name} is "${value}", but takes .+\\.$`),
    );
  });

  test("an empty variable counts as not set", () => {
    expect(readEnvironment({ PORT: "", DATABASE_URL: "" }, "/checkout").port).toBe(3000);
  });

  test("a key and a model without an address mean the provider's own endpoint", () => {
    expect(readEnvironment({ OPENAI_API_KEY: "k", WHETSTONE_MODEL: "m" }, "/c").modelBaseUrl).toMatch(/^https:/);
    expect(readEnvironment({ OPENAI_API_KEY: "k" }, "/c").modelBaseUrl).toBeNull();
  });
});
