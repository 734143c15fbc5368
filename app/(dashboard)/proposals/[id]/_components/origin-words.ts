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

/** Who a change is from, as a sentence says it: of an edit on disk nobody knows the hand. */
export function sourceWords({ kind, name }: Origin): string {
  if (kind === "templates") return `By a template: ${name}`;
  if (kind === "merge") return "By a merge";
  return name === "edited on disk" ? "Edited on disk" : `By ${name}`;
}
