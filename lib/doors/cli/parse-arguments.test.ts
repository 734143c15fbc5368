import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineCommand } from "#lib/commands/command.ts";
import { type Method, route } from "#lib/commands/route.ts";
import { parseArguments, readValue, syntaxOf, typeOf } from "./parse-arguments.ts";

function syntax(cli: string, input: z.ZodType, method: Method = "POST") {
  const command = defineCommand({ name: cli, summary: "", scope: "read", input, run: async () => null });
  return syntaxOf(route(command, method, "/x", { cli }));
}

const CALL = syntax("call <name> [input]", z.object({ name: z.string(), input: z.unknown() }));
const LIST = syntax(
  "tools list",
  z.object({ state: z.enum(["open", "closed"]).optional(), limit: z.coerce.number().default(50) }),
  "GET",
);
const SHOW = syntax("tools <name>", z.object({ name: z.string() }));
const SET = syntax(
  "settings change",
  z.object({
    autoDeploy: z.boolean().optional(),
    scopes: z.array(z.string()).optional(),
    model: z.object({ name: z.string() }).nullable().optional(),
  }),
);
const ALL = [CALL, LIST, SHOW, SET];

function parsed(...args: string[]) {
  const { syntax: found, given, flags } = parseArguments(args, ALL);
  const values = [...given].map(([name, text]) => [name, readValue(name, typeOf(found, name), text)]);
  return { cli: found.route.cli, input: Object.fromEntries(values), flags };
}

describe("parseArguments", () => {
  it("finds the command with the most words", () => {
    expect(parsed("tools", "list").cli).toBe("tools list");
    expect(parsed("tools", "calculator")).toMatchObject({ cli: "tools <name>", input: { name: "calculator" } });
  });

  it("reads positionals and options as the schema types them", () => {
    expect(parsed("call", "adder", '{"a":1}').input).toEqual({ name: "adder", input: { a: 1 } });
    expect(parsed("tools", "list", "--limit", "7", "--state=open").input).toEqual({ limit: 7, state: "open" });
    expect(parsed("settings", "change", "--auto-deploy", "--scopes", "read,call", "--model", "null").input).toEqual({
      autoDeploy: true,
      scopes: ["read", "call"],
      model: null,
    });
    expect(parsed("settings", "change", "--auto-deploy", "false").input).toEqual({ autoDeploy: false });
  });

  it("takes flags anywhere and words that look like options after two dashes", () => {
    expect(parsed("call", "--json", "adder", "--wait").flags).toMatchObject({ json: true, wait: true });
    expect(parsed("call", "adder", "--", "-7").input).toEqual({ name: "adder", input: -7 });
  });

  it.each([
    [["nothing"], "no command"],
    [["tools"], "takes <name>"],
    [["call"], "takes <name>"],
    [["call", "a", "{}", "b"], "one word too many"],
    [["tools", "list", "--colour"], "no option --colour"],
    [["tools", "list", "--limit"], "takes a value"],
    [["tools", "list", "--limit", "many"], "takes a number"],
    [["call", "a", "{a:1}"], "takes JSON"],
  ])("%o is refused with a reason", (args, reason) => {
    expect(() => parsed(...args)).toThrow(reason);
  });
});
