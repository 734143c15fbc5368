/** An audit row in the words of the pages. Pure; the raw verb stays what one filters by. */
import { PROPOSAL_STATES } from "#app/_ui/status-badge.tsx";
import type { AuditEntry } from "#lib/core/version.ts";
import { inWords, ProposalState } from "#lib/core/words.ts";

/** A state as its badge says it, or null for what is none. */
function stateInWords(word: string): string | null {
  const { success, data } = ProposalState.safeParse(word.replaceAll(" ", "_"));
  return success ? PROPOSAL_STATES[data].text.toLowerCase() : null;
}

/** `proposal.awaiting_review` is "proposal awaiting review". */
export function verbInWords(verb: string): string {
  const [noun = "", rest = ""] = verb.split(/\.(.*)/s);
  return `${inWords(noun)} ${(noun === "proposal" ? stateInWords(rest) : null) ?? inWords(rest)}`;
}

/** The summary, in which a proposal that moves goes from badge to badge. */
export function summaryInWords({ verb, summary }: Pick<AuditEntry, "verb" | "summary">): string {
  if (!verb.startsWith("proposal.")) return summary;
  return summary.replace(
    /^(Proposal \d+ of \S+: )([a-z ]+) → ([a-z ]+)(?=$|\. )/,
    (_, about: string, from: string, to: string) => `${about}${stateInWords(from) ?? from} → ${stateInWords(to) ?? to}`,
  );
}
