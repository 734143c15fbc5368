/** What the server refused with, for people at a command line. */
import { ROUTES } from "#lib/commands/registry.ts";
import { inert } from "./inert.ts";
import { CliFailure } from "./terminal.ts";

/** The refusal as one line; `problem` stays as the server said it. */
export function failure(answer: unknown): CliFailure {
  const detail = typeof answer === "object" && answer !== null ? Reflect.get(answer, "detail") : undefined;
  return new CliFailure(
    typeof detail === "string" ? inert(inCommands(detail)) : "the server refused without saying why.",
    answer,
  );
}

const ADDRESS = /\b(GET|POST|PATCH|DELETE) \/api\/v1(\/[\w./%{}-]*\w\}?)/g;

/** A text in which addresses of the API are the commands that ask them: "GET /api/v1/tools" is "npx whetstone tools list". */
export function inCommands(text: string): string {
  return text.replace(ADDRESS, (address, method: string, path: string) => {
    for (const route of ROUTES) {
      const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
      const found = route.method === method ? pattern.exec(path) : null;
      if (found !== null) return `npx whetstone ${commandOf(route.cli, found.groups ?? {})}`;
    }
    return address;
  });
}

/** The words of a command with what the path gave; what was left open there stays open, and what may be left out is. */
function commandOf(cli: string, given: Readonly<Record<string, string>>): string {
  return cli.replaceAll(/ \[\w+\]/g, "").replaceAll(/<(\w+)>/g, (open, name: string) => {
    const value = given[name];
    return value === undefined || value.startsWith("{") ? open : decodeURIComponent(value);
  });
}
