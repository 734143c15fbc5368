/** The command line: the registry's commands over HTTP, plus the few that ask or run something. */
import { Readable } from "node:stream";
import { ROUTES } from "#lib/commands/registry.ts";
import { type Client, createClient } from "./client.ts";
import { decide, isDecision } from "./decide.ts";
import { failure } from "./failure.ts";
import { commandHelp, helpText } from "./help.ts";
import { inert, inertJson } from "./inert.ts";
import {
  type Flags,
  type Parsed,
  parseArguments,
  readValue,
  type Syntax,
  syntaxOf,
  typeOf,
} from "./parse-arguments.ts";
import { render } from "./render.ts";
import { CliFailure, type Terminal, UsageError } from "./terminal.ts";

/**
 * Runs one command.
 * @returns the exit status: 0 done, 1 it failed, 2 not understood
 */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.err(`whetstone: ${inert(error.message)}\n`);
      return 2;
    }
    if (error instanceof CliFailure) {
      if (args.includes("--json") && error.problem !== undefined) terminal.out(`${inertJson(error.problem)}\n`);
      terminal.err(`whetstone: ${inert(error.message)}\n`);
      return isMisuse(error.problem) ? 2 : 1;
    }
    terminal.err(`whetstone: ${inert(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`);
    return 1;
  }
}

/** What the server could not make sense of; a rejected call of a tool is on record, so it was understood. */
function isMisuse(problem: unknown): boolean {
  const { status, code, id } = (problem ?? {}) as { status?: unknown; code?: unknown; id?: unknown };
  return status === 422 && code === "invalid_input" && id === undefined;
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<number> {
  const syntaxes = ROUTES.map(syntaxOf);
  const [word, ...rest] = args;
  if (word === undefined || word === "help" || word === "--help" || word === "-h")
    return showHelp(rest, syntaxes, terminal, word === undefined ? 2 : 0);
  if (word === "--version") {
    terminal.out(`${(await import("../../../package.json", { with: { type: "json" } })).default.version}\n`);
    return 0;
  }
  if (word === "demo") {
    const { runDemo } = await import("#lib/main/demo.ts");
    return runDemo(rest);
  }
  if (isDecision(word)) {
    const { answer, json } = await decide(word, rest, () => createClient(terminal), terminal);
    print("proposals.show", answer, { json }, terminal);
    return 0;
  }
  const parsed = parseArguments(args, syntaxes);
  if (parsed.flags.help) {
    terminal.out(commandHelp(parsed.syntax));
    return 0;
  }
  return run(parsed, terminal);
}

function showHelp(words: readonly string[], syntaxes: readonly Syntax[], terminal: Terminal, status: number): number {
  const asked = words.filter((word) => !word.startsWith("-")).join(" ");
  if (asked === "") {
    (status === 0 ? terminal.out : terminal.err)(helpText(syntaxes));
    return status;
  }
  const found = syntaxes.filter(({ words: own }) => own.join(" ") === asked || own[0] === asked);
  if (found.length === 0) throw new UsageError(`there is no command "${asked}": npx whetstone help lists them.`);
  terminal.out(found.map(commandHelp).join("\n"));
  return status;
}

async function run({ syntax, given, flags }: Parsed, terminal: Terminal): Promise<number> {
  const { route } = syntax;
  const input = await readInput(syntax, given, terminal);
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = input.get(name);
    input.delete(name);
    return encodeURIComponent(String(value));
  });
  const client = await createClient(terminal);
  const request = await requestOf(syntax, input, given, terminal);
  const { status, answer } = await client.request(route.method, path, request);
  if (status >= 400) throw failure(answer);
  if (route.name === "sign-in") return showLink(answer, client, flags, terminal);
  const final = flags.wait ? await waitForJob(answer, client, terminal) : answer;
  print(route.name, final, flags, terminal);
  return hasFailed(route.name, final as Record<string, unknown>) ? 1 : 0;
}

/** What was carried out and came to nothing good. */
function hasFailed(routeName: string, answer: Record<string, unknown>): boolean {
  if (routeName === "tools.call") return answer.status !== "succeeded";
  if (routeName === "executions.import") return Array.isArray(answer.rejected) && answer.rejected.length > 0;
  return routeName === "tools.cases.run" && answer.passed !== answer.total;
}

/** Values from texts, files and standard input. */
async function readInput(syntax: Syntax, given: Parsed["given"], terminal: Terminal): Promise<Map<string, unknown>> {
  const input = new Map<string, unknown>();
  for (const [name, typed] of given) {
    if (syntax.route.body === "ndjson") continue;
    let text = typed;
    if (text === "-") text = await terminal.readStdin();
    else if (typeof text === "string" && text.startsWith("@")) {
      const file = text.slice(1);
      text = await terminal.readFile(file).catch(() => {
        throw new UsageError(`the file ${file} cannot be read.`);
      });
    }
    input.set(name, readValue(name, typeOf(syntax, name), text));
  }
  if (syntax.route.name === "tools.call" && !input.has("input")) input.set("input", {});
  return input;
}

async function requestOf(syntax: Syntax, input: Map<string, unknown>, given: Parsed["given"], terminal: Terminal) {
  const { route } = syntax;
  if (route.body === "ndjson") {
    const typed = String(given.get("file"));
    if (typed === "-") return { stream: Readable.from([await terminal.readStdin()]) };
    const file = typed.startsWith("@") ? typed.slice(1) : typed;
    const stream = await terminal.openFile(file).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`the file ${file} cannot be read (${error.code ?? error.message}).`);
    });
    return { stream };
  }
  if (route.body === "json") return { body: Object.fromEntries(input) };
  const query = new URLSearchParams();
  for (const [name, value] of input) query.set(name, String(value));
  return { query };
}

function showLink(answer: unknown, client: Client, flags: Flags, terminal: Terminal): number {
  const { path, expiresAt } = answer as { path: string; expiresAt: string };
  const url = `${client.address}${path}`;
  terminal.out(flags.json ? `${inertJson({ url, expiresAt })}\n` : `${url}\n`);
  return 0;
}

/** Follows the job that a command started, then looks again at what it was for. */
async function waitForJob(answer: unknown, client: Client, terminal: Terminal): Promise<unknown> {
  const { id, jobId } = answer as { id?: string; jobId?: string };
  if (id === undefined || jobId === undefined) return answer;
  let said = "";
  for (let path: string | null = `/jobs/${jobId}`; path !== null; ) {
    const { status, answer: job } = await client.request("GET", path);
    if (status >= 400) throw failure(job);
    const { state, stage, error } = job as { state: string; stage: string; error: string | null };
    if (stage !== said && stage !== "") terminal.err(`${inert(stage)}\n`);
    said = stage;
    if (state === "failed" || state === "cancelled")
      throw new CliFailure(`the job ${state}: ${inert(error ?? stage)}`, job);
    if (state === "succeeded") path = await followUp(id, client);
    else await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return (await client.request("GET", `/proposals/${id}`)).answer;
}

/** Generating is followed by testing, in a job of its own. */
async function followUp(proposalId: string, client: Client): Promise<string | null> {
  const { answer } = await client.request("GET", `/proposals/${proposalId}`);
  const { state, tool } = answer as { state: string; tool: string };
  if (state !== "testing" && state !== "generating") return null;
  const { answer: jobs } = await client.request("GET", "/jobs", { query: new URLSearchParams({ tool }) });
  const next = (jobs as { items: { id: string; state: string; input: { proposalId?: string } }[] }).items.find(
    (job) => job.input.proposalId === proposalId && (job.state === "queued" || job.state === "running"),
  );
  return next === undefined ? null : `/jobs/${next.id}`;
}

function print(routeName: string, answer: unknown, { json }: Pick<Flags, "json">, terminal: Terminal): void {
  terminal.out(json ? `${inertJson(answer)}\n` : render(routeName, answer, terminal.colour));
}
