/** How a command or query is reached: registered once, served by every door. */
import type { z } from "zod";
import type { Scope } from "#lib/core/words.ts";
import { type Command, type Context, defineCommand, runCommand } from "./command.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** What a door needs of a command; its input type is checked inside. */
export type Route = {
  /** `noun.verb`: the operation's name in the API description and the words of the command line. */
  readonly name: string;
  readonly summary: string;
  readonly scope: Scope;
  readonly method: Method;
  /** Under /api/v1, with `{name}` for members of the input that stand in the path. */
  readonly path: string;
  /** Status of a good answer. */
  readonly status: 200 | 201 | 202;
  readonly input: z.ZodType;
  /** Shape of the answer; absent where a table of the contract does not state one. */
  readonly output?: z.ZodType | undefined;
  /** How the body travels: JSON members of the input, or one JSON object a line. */
  readonly body: "none" | "json" | "ndjson";
  /** The command line's words and what follows them, for example `call <name> [input]`. */
  readonly cli: string;
  /** Members of the input that this door sets when the request leaves them out. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** False for reads, and for calls, whose record is the execution. */
  readonly audited: boolean;
  readonly run: (ctx: Context, input: unknown) => Promise<unknown>;
};

export type RouteOptions = {
  readonly status?: Route["status"];
  readonly output?: z.ZodType;
  readonly body?: Route["body"];
  readonly cli: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly audited?: boolean;
};

/** Registers a command under a method and path. */
export function route<Input extends z.ZodType, Output>(
  command: Command<Input, Output>,
  method: Method,
  path: string,
  options: RouteOptions,
): Route {
  return {
    name: command.name,
    summary: command.summary,
    scope: command.scope,
    method,
    path,
    status: options.status ?? 200,
    input: command.input,
    output: options.output,
    body: options.body ?? (method === "GET" || method === "DELETE" ? "none" : "json"),
    cli: options.cli,
    defaults: options.defaults ?? {},
    audited: options.audited ?? method !== "GET",
    run: (ctx, input) => runCommand(command, ctx, input),
  };
}

/** Registers a query: a GET with the scope `read`, unless told otherwise. */
export function read<Input extends z.ZodType, Output>(
  query: {
    readonly name: string;
    readonly summary: string;
    readonly input: Input;
    readonly run: (ctx: Context, params: z.output<Input>) => Promise<Output>;
    readonly scope?: Scope;
  },
  path: string,
  options: RouteOptions,
): Route {
  const command = defineCommand({
    name: query.name,
    summary: query.summary,
    scope: query.scope ?? "read",
    input: query.input,
    run: ({ ctx, input }) => query.run(ctx, input),
  });
  return route(command, "GET", path, options);
}
