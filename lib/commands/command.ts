/** What a command is: one verb that a person, job, API key or MCP client may ask, the same through every door. */

import type { z } from "zod";
import type { Caller } from "#lib/core/actor.ts";
import { holds } from "#lib/core/actor.ts";
import { inputWords } from "#lib/core/input-words.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Scope } from "#lib/core/words.ts";
import type { Pipeline } from "#lib/pipeline/rooms.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Files } from "#lib/ports/files.ts";
import type { Git } from "#lib/ports/git.ts";
import type { Model } from "#lib/ports/model.ts";
import type { Queue } from "#lib/ports/queue.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";

/** What the composition root built, without a caller. */
export type Machinery = {
  readonly database: Database;
  readonly sandbox: Sandbox;
  readonly files: Files;
  /** The repository around the tools; absent where an installation was built without. */
  readonly git?: Git | undefined;
  readonly queue: Queue;
  readonly clock: Clock;
  /** Null where no model is configured: the template repairer serves. */
  readonly model: Model | null;
  readonly pipeline: Pipeline;
  readonly environment: Environment;
};

/** Configuration that came from the environment, parsed once at the start. */
export type Environment = {
  readonly host: string;
  readonly port: number;
  readonly home: string;
  readonly toolsFolder: string;
  readonly modelBaseUrl: string | null;
  readonly modelName: string | null;
  /** Names of the tools' secrets that the environment holds. */
  readonly secretNames?: readonly string[] | undefined;
};

export type Context = Machinery & {
  readonly caller: Caller;
  /** Ends when whoever asked takes the request back; only calls of tools look at it. */
  readonly signal?: AbortSignal | undefined;
};

export type Command<Input extends z.ZodType = z.ZodType, Output = unknown> = {
  /** `noun.verb`, also the CLI's words. */
  readonly name: string;
  readonly summary: string;
  readonly scope: Scope;
  readonly input: Input;
  /** The input as the schema would give it back, where a look tells; null leaves it to the schema. For what runs all day. */
  readonly plainly?: ((input: unknown) => z.output<Input> | null) | undefined;
  readonly run: (args: { ctx: Context; input: z.output<Input> }) => Promise<Output>;
};

/** Keeps the input type of a command's `run` tied to its schema. */
export function defineCommand<Input extends z.ZodType, Output>(
  command: Command<Input, Output>,
): Command<Input, Output> {
  return command;
}

/**
 * Runs a command: scope first, then the schema, then the work.
 * @throws Problem `forbidden` or `invalid_input` (with `errors`), or whatever the command refuses with
 */
export function runCommand<Input extends z.ZodType, Output>(
  command: Command<Input, Output>,
  ctx: Context,
  input: unknown,
): Promise<Output> {
  const plain = holds(ctx.caller, command.scope) ? (command.plainly?.(input) ?? null) : null;
  return plain === null ? runChecked(command, ctx, input) : command.run({ ctx, input: plain });
}

async function runChecked<Input extends z.ZodType, Output>(
  command: Command<Input, Output>,
  ctx: Context,
  input: unknown,
): Promise<Output> {
  if (!holds(ctx.caller, command.scope))
    throw new Problem(
      "forbidden",
      `${ctx.caller.actor.name} may not ${command.name}: it needs the scope "${command.scope}".`,
    );
  const parsed = command.input.safeParse(input, { error: inputWords });
  if (!parsed.success) {
    const errors = parsed.error.issues
      .map((issue) => ({ path: issue.path.join("."), message: issue.message }))
      // A number that is no number breaks several rules at once, all with the same words.
      .filter((one, at, all) => all.findIndex((o) => o.path === one.path && o.message === one.message) === at);
    const first = errors[0];
    throw new Problem("invalid_input", `${first?.path || "The input"}: ${first?.message ?? "is not valid"}.`, {
      errors,
    });
  }
  return command.run({ ctx, input: parsed.data });
}
