/** `approve`, `reject` and `request-changes`: the decision names the digest of what the person was shown. */

import { parseArgs } from "node:util";
import { inWords } from "#lib/core/words.ts";
import type { Client } from "./client.ts";
import { failure } from "./failure.ts";
import { inert } from "./inert.ts";
import { render } from "./render.ts";
import { CliFailure, type Terminal, UsageError } from "./terminal.ts";

const DECISIONS = { approve: "approve", reject: "reject", "request-changes": "request_changes" } as const;
export type DecisionWord = keyof typeof DECISIONS;

export function isDecision(word: string | undefined): word is DecisionWord {
  return word !== undefined && Object.hasOwn(DECISIONS, word);
}

type Shown = {
  number: number;
  tool: string;
  state: string;
  digest: string | null;
  headline: string | null;
  evidence: { summary: { warnings: { id: string; text: string; mustAcknowledge: boolean }[] } } | null;
};

/** Shows the proposal, asks, decides. Answers what the server says. */
export async function decide(
  word: DecisionWord,
  args: readonly string[],
  client: () => Promise<Client>,
  terminal: Terminal,
): Promise<{ answer: unknown; json: boolean }> {
  const { id, values } = readArguments(word, args);
  const server = await client();
  const { status, answer } = await server.request("GET", `/proposals/${encodeURIComponent(id)}`);
  if (status !== 200) throw failure(answer);
  const proposal = answer as Shown;
  const digest = values.digest ?? proposal.digest;
  if (!digest)
    throw new CliFailure(
      `proposal ${proposal.number} is ${inWords(proposal.state)}: there is nothing to decide on yet.`,
    );
  if (word === "approve" && values.digest === undefined && !values.yes) await confirm(proposal, answer, terminal);
  const body = {
    decision: DECISIONS[word],
    digest,
    ...(values.reason === undefined ? {} : { reason: values.reason }),
    ...(values.acknowledge === undefined ? {} : { acknowledge: values.acknowledge.split(",") }),
    ...(values.deploy ? { deploy: true } : {}),
  };
  const decided = await server.request("POST", `/proposals/${encodeURIComponent(id)}/decisions`, { body });
  if (decided.status >= 400) throw failure(decided.answer);
  return { answer: decided.answer, json: values.json ?? false };
}

function readArguments(word: string, args: readonly string[]) {
  const { values, positionals } = parse(word, args);
  const [id, extra] = positionals;
  if (id === undefined) throw new UsageError(`${word} takes the id or number of a proposal.`);
  if (extra !== undefined) throw new UsageError(`"${extra}" is one word too many for ${word}.`);
  if (word !== "approve" && values.deploy) throw new UsageError(`${word} cannot deploy.`);
  return { id, values };
}

function parse(word: string, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        reason: { type: "string" },
        digest: { type: "string" },
        acknowledge: { type: "string" },
        deploy: { type: "boolean" },
        yes: { type: "boolean", short: "y" },
        json: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${word}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function confirm(proposal: Shown, answer: unknown, terminal: Terminal): Promise<void> {
  if (!terminal.interactive)
    throw new UsageError(
      `an approval binds to what you saw: give --digest ${proposal.digest} after looking at it, or --yes to take it as it is.`,
    );
  terminal.err(render("proposals.show", answer, terminal.colour));
  for (const { id, text, mustAcknowledge } of proposal.evidence?.summary.warnings ?? [])
    terminal.err(`warning ${inert(id)}${mustAcknowledge ? " (to be acknowledged)" : ""}: ${inert(text)}\n`);
  const said = await terminal.ask(`Approve proposal ${proposal.number} of ${proposal.tool}? [y/N] `);
  if (!/^y(es)?$/i.test(said.trim())) throw new CliFailure("not approved: nothing was changed.");
}
