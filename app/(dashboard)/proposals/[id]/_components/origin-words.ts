import type { Origin } from "#lib/core/proposal.ts";

const MAKERS: Record<Origin["kind"], string> = {
  model: "Model",
  templates: "Template repairer",
  person: "Person",
  agent: "Agent",
  merge: "Merge",
};

/** Who wrote a change, where, and what it cost. */
export function originWords({ kind, name, host, cost }: Origin): string {
  const parts = [`${MAKERS[kind]}: ${name}`];
  if (host !== undefined) parts.push(host);
  if (cost !== undefined) {
    const tokens = cost.promptTokens + cost.completionTokens;
    if (tokens > 0) parts.push(`${tokens.toLocaleString("en")} tokens`);
    parts.push(`${Number(cost.seconds.toFixed(1))} s`);
  }
  return parts.join(" · ");
}
