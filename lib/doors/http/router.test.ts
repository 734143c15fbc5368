import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineCommand } from "#lib/commands/command.ts";
import { type Method, type Route, route } from "#lib/commands/route.ts";
import { createRouter } from "./router.ts";

function at(method: Method, path: string): Route {
  const command = defineCommand({
    name: `${method} ${path}`,
    summary: "",
    scope: "read",
    input: z.object({}),
    run: async () => null,
  });
  return route(command, method, path, { cli: "x" });
}

const router = createRouter([
  at("GET", "/tools"),
  at("GET", "/tools/{name}"),
  at("POST", "/tools/{name}/executions"),
  at("GET", "/executions/{id}"),
  at("POST", "/executions/import"),
  at("POST", "/executions/{id}/feedback"),
]);

function named(method: string, path: string): string {
  const match = router(method, path);
  return match.found === "route" ? match.route.name : match.found;
}

describe("router", () => {
  it("finds literals before parameters and comes back when the method is missing there", () => {
    expect(named("POST", "/executions/import")).toBe("POST /executions/import");
    expect(named("GET", "/executions/import")).toBe("GET /executions/{id}");
    expect(named("POST", "/executions/import/feedback")).toBe("POST /executions/{id}/feedback");
  });

  it("gives parameters decoded", () => {
    const match = router("GET", "/tools/a%2Fb%20c");
    expect(match.found === "route" && match.params).toEqual({ name: "a/b c" });
  });

  it("tells a wrong method from a wrong path", () => {
    expect(router("DELETE", "/tools")).toEqual({ found: "path", allow: ["GET"] });
    expect(router("GET", "/tool")).toEqual({ found: "nothing" });
    expect(router("GET", "/tools/")).toEqual({ found: "nothing" });
    expect(router("GET", "/tools/%E0%A4%A")).toEqual({ found: "nothing" });
  });

  it("takes HEAD where it takes GET", () => {
    expect(named("HEAD", "/tools")).toBe("GET /tools");
    expect(router("HEAD", "/executions/x/feedback").found).toBe("path");
  });

  it("brings any name through unchanged", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (name) => {
        const match = router("GET", `/tools/${encodeURIComponent(name)}`);
        expect(match.found === "route" && match.params.name).toBe(name);
      }),
    );
  });

  it("refuses two routes at one place", () => {
    expect(() => createRouter([at("GET", "/a/{x}"), at("GET", "/a/{y}")])).toThrow("two routes");
  });
});
