import { describe, expect, it } from "vitest";
import { Scope } from "#lib/core/words.ts";
import type { Context } from "./command.ts";
import { ROUTES } from "./registry.ts";

/** A context in which everything that is touched fails the test: a refused caller must not get that far. */
function untouchable(scopes: readonly Scope[]): Context {
  const caller = { actor: { kind: "key" as const, id: "k", name: "nobody" }, scopes };
  return new Proxy({ caller } as Context, {
    get(target, key) {
      if (key === "caller") return target.caller;
      throw new Error(`touched ${String(key)}`);
    },
  });
}

/** Every call of the contract, word for word. */
const CONTRACT = [
  "GET /tools",
  "GET /tools/{name}",
  "POST /tools/{name}/executions",
  "GET /executions",
  "GET /executions/{id}",
  "POST /executions/{id}/feedback",
  "POST /executions/{id}/case",
  "POST /executions/import",
  "POST /detections",
  "GET /opportunities",
  "GET /opportunities/{id}",
  "PATCH /opportunities/{id}",
  "POST /opportunities/{id}/proposals",
  "POST /proposals",
  "GET /proposals",
  "GET /proposals/{id}",
  "POST /proposals/{id}/revisions",
  "POST /proposals/{id}/comments",
  "POST /proposals/{id}/evidence",
  "POST /proposals/{id}/executions",
  "POST /proposals/{id}/decisions",
  "POST /proposals/{id}/deployment",
  "GET /deployments/{id}",
  "POST /deployments/{id}/promote",
  "POST /deployments/{id}/pause",
  "POST /deployments/{id}/abort",
  "GET /tools/{name}/versions",
  "GET /tools/{name}/versions/{number}",
  "GET /tools/{name}/diff",
  "POST /tools/{name}/rollback",
  "GET /sync",
  "POST /sync/{name}",
  "GET /jobs/{id}",
  "DELETE /jobs/{id}",
  "GET /audit",
  "GET /settings",
  "PATCH /settings",
];

describe("registry", () => {
  it("has every call of the contract", () => {
    const present = new Set(ROUTES.map(({ method, path }) => `${method} ${path}`));
    expect(CONTRACT.filter((call) => !present.has(call))).toEqual([]);
  });

  it("names each route once, for people and machines", () => {
    expect(new Set(ROUTES.map(({ name }) => name)).size).toBe(ROUTES.length);
    const words = ROUTES.map(({ cli }) => cli.replace(/ [<[].*$/, ""));
    expect(new Set(words).size).toBe(ROUTES.length);
  });

  it.each(ROUTES.map((route) => [route.name, route] as const))(
    "%s refuses an actor without its scope before it touches anything",
    async (_, route) => {
      const others = Scope.options.filter((scope) => scope !== route.scope && scope !== "admin");
      await expect(route.run(untouchable(others), {})).rejects.toMatchObject({ code: "forbidden" });
    },
  );

  it.each(ROUTES.map((route) => [route.name, route] as const))(
    "%s refuses input that does not fit",
    async (_, route) => {
      const wrong = route.method === "GET" || route.path.includes("{") ? { id: 7, name: 7, limit: "many" } : 7;
      const outcome = route.run(untouchable(["admin"]), wrong);
      await expect(outcome).rejects.toMatchObject({ code: "invalid_input", message: expect.stringMatching(/\.$/) });
    },
  );
});
