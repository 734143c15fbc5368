import { expect, it } from "vitest";
import { summaryInWords, verbInWords } from "./audit-words.ts";

it.each([
  ["proposal.awaiting_review", "proposal awaiting review"],
  ["proposal.monitoring", "proposal deployed, watched"],
  ["proposal.commented", "proposal commented"],
  ["settings.changed", "settings changed"],
  ["sign_in.link_made", "sign in link made"],
])("%s reads %s", (verb, words) => expect(verbInWords(verb)).toBe(words));

it("a proposal goes from badge to badge", () => {
  const verb = "proposal.monitoring";
  const moved = { verb, summary: "Proposal 3 of a.b: deploying → monitoring. because testing → it" };
  expect(summaryInWords(moved)).toBe("Proposal 3 of a.b: deploying → deployed, watched. because testing → it");
  for (const summary of ["Proposal 3 of a.b: looks → good.", "new → stable"])
    expect(summaryInWords({ verb, summary })).toBe(summary);
});
