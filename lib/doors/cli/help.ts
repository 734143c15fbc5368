/** What the command line says about itself. */
import { IMPORT_FORMAT } from "#lib/commands/import-line.ts";
import { inCommands } from "./failure.ts";
import type { Syntax } from "./parse-arguments.ts";

/** Commands that are not in the registry, because they ask, follow or run the product. */
export const OWN_COMMANDS: readonly { readonly cli: string; readonly summary: string }[] = [
  { cli: "approve <id>", summary: "Approve a proposal after showing what the approval binds to" },
  { cli: "reject <id>", summary: "Reject a proposal" },
  { cli: "request-changes <id>", summary: "Send a proposal back with a reason" },
  { cli: "demo", summary: "Watch one tool get fixed, from failing calls to rollback" },
  { cli: "help [command]", summary: "This list, or one command in detail" },
];

const ENVIRONMENT = `Environment
  WHETSTONE_URL   address of the server; PORT on this machine, or 3000, when not set
  WHETSTONE_KEY   key to use; the one in .whetstone/admin-key when not set
  WHETSTONE_HOME  the home folder, .whetstone when not set

Everywhere: --json prints the answer as JSON; --wait follows the work that a command started to its end. A value that begins with @ is read from that file, - from standard input.
Exit status: 0 done, 1 it failed, 2 not understood.
`;

const IMPORT_HELP = `
Takes every line that it can and names those that it refused.
Exit status: 0 every line was taken or was there already, 1 a line was refused.

The file
${inCommands(IMPORT_FORMAT)}
`;

/** All commands, one a line. */
export function helpText(syntaxes: readonly Syntax[]): string {
  const lines = [...syntaxes.map(({ route }) => ({ cli: route.cli, summary: route.summary })), ...OWN_COMMANDS];
  const width = Math.max(...lines.map(({ cli }) => cli.length));
  const list = lines.map(({ cli, summary }) => `  ${cli.padEnd(width)}  ${summary}`).join("\n");
  return `Usage: npx whetstone <command>\n\n${list}\n\n${ENVIRONMENT}`;
}

/** One command with its options. */
export function commandHelp({ route, options }: Syntax): string {
  const lines = options.map(({ flag, type, choices, required, description }) => {
    const value = type === "boolean" ? "" : ` ${choices.length > 0 ? choices.join("|") : type.toUpperCase()}`;
    return `  --${`${flag}${value} `.padEnd(36)}${required ? "required. " : ""}${description}`.trimEnd();
  });
  return `Usage: npx whetstone ${route.cli}${lines.length > 0 ? " [options]" : ""}

${route.summary}. Needs the scope "${route.scope}" (${route.method} /api/v1${route.path}).
${lines.length > 0 ? `\nOptions\n${lines.join("\n")}\n` : ""}${route.body === "ndjson" ? IMPORT_HELP : ""}`;
}
