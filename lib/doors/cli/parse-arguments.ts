/** From words to a route and its input: what the registry says of each command decides what its options are. */
import { z } from "zod";
import type { Route } from "#lib/commands/route.ts";
import { UsageError } from "./terminal.ts";

export type Syntax = {
  readonly route: Route;
  readonly words: readonly string[];
  readonly positionals: readonly { readonly name: string; readonly required: boolean }[];
  readonly options: readonly Option[];
};

export type Option = {
  /** As it is typed, without the dashes. */
  readonly flag: string;
  readonly name: string;
  readonly type: "text" | "number" | "boolean" | "list" | "json";
  readonly choices: readonly string[];
  readonly required: boolean;
  readonly description: string;
};

export type Flags = {
  readonly json: boolean;
  readonly help: boolean;
  readonly wait: boolean;
  readonly yes: boolean;
};

export type Parsed = {
  readonly syntax: Syntax;
  /** Texts as typed, by member of the input. */
  readonly given: ReadonlyMap<string, string | true>;
  readonly flags: Flags;
};

type JsonType = {
  type?: string;
  enum?: string[];
  const?: string;
  description?: string;
  anyOf?: JsonType[];
  items?: JsonType;
};

/** The syntax of one route, read off its words and its input schema. */
export function syntaxOf(route: Route): Syntax {
  const parts = route.cli.split(" ");
  const words = parts.filter((part) => /^[\w-]+$/.test(part));
  const positionals = parts
    .filter((part) => !/^[\w-]+$/.test(part))
    .map((part) => ({ name: part.slice(1, -1), required: part.startsWith("<") }));
  const schema = z.toJSONSchema(route.input, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, JsonType>;
    required?: string[];
  };
  const options = Object.entries(schema.properties ?? {})
    .filter(([name]) => !positionals.some((positional) => positional.name === name) && name !== "lines")
    .map(([name, type]) => optionOf(name, type, schema.required?.includes(name) ?? false));
  return { route, words, positionals, options };
}

function optionOf(name: string, given: JsonType, required: boolean): Option {
  const type = given.anyOf?.find((one) => one.type !== "null") ?? given;
  const kinds = { string: "text", number: "number", integer: "number", boolean: "boolean", array: "list" } as const;
  return {
    flag: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    name,
    type: type.enum !== undefined ? "text" : (kinds[type.type as keyof typeof kinds] ?? "json"),
    choices: type.enum ?? type.items?.enum ?? [],
    required,
    description: given.description ?? "",
  };
}

/**
 * Finds the command whose words begin the arguments, longest first, and reads the rest.
 * @throws UsageError with what was not understood
 */
export function parseArguments(args: readonly string[], syntaxes: readonly Syntax[]): Parsed {
  const found = syntaxes
    .filter(({ words }) => words.every((word, index) => args[index] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
  if (found === undefined) {
    const near = syntaxes.filter(({ words }) => words[0] === args[0]).map(({ words }) => words.join(" "));
    const hint = near.length > 0 ? `did you mean ${near.join(", ")}?` : "npx whetstone help lists the commands.";
    const said = args.slice(0, 2).filter((one) => !one.startsWith("-"));
    throw new UsageError(`there is no command "${said.join(" ")}": ${hint}`);
  }
  return { syntax: found, ...readRest(args.slice(found.words.length), found) };
}

function readRest(args: readonly string[], syntax: Syntax): Omit<Parsed, "syntax"> {
  const given = new Map<string, string | true>();
  const flags = { json: false, help: false, wait: false, yes: false };
  const loose: string[] = [];
  const command = syntax.words.join(" ");
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (arg === "--") {
      loose.push(...args.slice(index + 1));
      break;
    }
    if (arg === "-h") {
      flags.help = true;
      continue;
    }
    if (!arg.startsWith("--")) {
      loose.push(arg);
      continue;
    }
    const [flag = "", inline] = splitOnce(arg.slice(2));
    const option = syntax.options.find((one) => one.flag === flag);
    if (option === undefined) {
      if (!(flag in flags) || inline !== undefined)
        throw new UsageError(`${command} has no option --${flag}: npx whetstone help ${command} lists them.`);
      flags[flag as keyof typeof flags] = true;
    } else if (option.type === "boolean" && inline === undefined && !/^(true|false)$/.test(args[index + 1] ?? "")) {
      given.set(option.name, true);
    } else {
      const value = inline ?? args[++index];
      if (value === undefined) throw new UsageError(`--${flag} takes a value.`);
      given.set(option.name, value);
    }
  }
  if (flags.help) return { given, flags };
  if (loose.length > syntax.positionals.length)
    throw new UsageError(`"${loose[syntax.positionals.length]}" is one word too many for ${command}.`);
  syntax.positionals.forEach(({ name, required }, index) => {
    const value = loose[index];
    if (value !== undefined) given.set(name, value);
    else if (required) throw new UsageError(`${command} takes ${syntax.route.cli.slice(command.length).trim()}.`);
  });
  const missing = syntax.options.filter(({ name, required }) => required && !given.has(name));
  if (missing.length > 0)
    throw new UsageError(
      `${command} needs ${missing.map(({ flag }) => `--${flag}`).join(" and ")}: npx whetstone help ${command} says what it takes.`,
    );
  return { given, flags };
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf("=");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** The type that a member of the input has, positionals included. */
export function typeOf(syntax: Syntax, name: string): Option["type"] {
  const option = syntax.options.find((one) => one.name === name);
  if (option !== undefined) return option.type;
  const schema = z.toJSONSchema(syntax.route.input, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, JsonType>;
  };
  const type = schema.properties?.[name];
  return type === undefined ? "text" : optionOf(name, type, true).type;
}

/**
 * A text as the value that its type wants.
 * @throws UsageError where it is none
 */
export function readValue(name: string, type: Option["type"], text: string | true): unknown {
  if (text === true) return true;
  switch (type) {
    case "text":
      return text;
    case "number": {
      const number = Number(text);
      if (text.trim() === "" || Number.isNaN(number)) throw new UsageError(`${name} takes a number, not "${text}".`);
      return number;
    }
    case "boolean":
      return text === "true";
    case "list":
      return text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
    case "json":
      if (text === "null") return null;
      try {
        return JSON.parse(text);
      } catch {
        throw new UsageError(`${name} takes JSON, for example '{"a": 1}', not "${text}".`);
      }
  }
}
