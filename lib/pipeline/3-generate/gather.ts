/** Reads what a generator needs to know: the base version, what failed, what must stay, and what people said. */
import type { Execution } from "#lib/core/execution.ts";
import { linesInWords } from "#lib/core/lines-in-words.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { Problem } from "#lib/core/problem.ts";
import type { DecisionRecord, Proposal } from "#lib/core/proposal.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Remark, Situation, WrongAnswer } from "./situation.ts";

const FAILURES_A_CLUSTER = 8;
const MOST_CLUSTERS = 8;
const MOST_PASSING = 60;
const MOST_REJECTED = 5;
const BEGINNING = new Date(0);

/** Gathers the situation of a proposal. */
export async function gather(database: Database, proposal: Proposal): Promise<Situation> {
  const base = await database.versions.find(proposal.tool, proposal.baseVersion);
  if (base === null)
    throw new Problem(
      "not_found",
      `Version ${proposal.baseVersion} of ${proposal.tool} is gone: start a new proposal.`,
    );
  const opportunity = proposal.opportunityId ? await database.opportunities.find(proposal.opportunityId) : null;
  const [failing, passing, wrong, storedCases, history, revisions] = await Promise.all([
    failingCalls(database, proposal, opportunity),
    database.executions.list(
      { tool: proposal.tool, version: proposal.baseVersion, status: "succeeded" },
      { limit: MOST_PASSING },
    ),
    wrongAnswers(database, proposal.tool),
    database.executions.cases(proposal.tool),
    remarksOn(database, proposal),
    database.proposals.revisions(proposal.id),
  ]);
  const marked = new Set(wrong.map(({ execution }) => execution.id));
  return {
    proposal,
    base,
    opportunity,
    failing,
    passing: passing.items.filter(({ id }) => !marked.has(id)),
    wrong,
    storedCases,
    remarks: history.remarks,
    seen: new Set([base.hash, ...revisions.map(({ hash }) => hash), ...history.rejected]),
    previous: [...revisions].sort((a, b) => b.number - a.number)[0] ?? null,
  };
}

/** The opportunity's clusters, each with its smallest call first; without one, the tool's newest failures. */
async function failingCalls(
  database: Database,
  proposal: Proposal,
  opportunity: Opportunity | null,
): Promise<Execution[]> {
  if (opportunity === null || opportunity.clusters.length === 0)
    return database.executions.failures(proposal.tool, proposal.baseVersion, BEGINNING, FAILURES_A_CLUSTER * 4);
  const found = new Map<string, Execution>();
  for (const cluster of opportunity.clusters.slice(0, MOST_CLUSTERS)) {
    const smallest = await database.executions.find(cluster.smallestExecutionId);
    if (smallest) found.set(smallest.id, smallest);
    const { items } = await database.executions.list(
      { tool: proposal.tool, cluster: cluster.key },
      { limit: FAILURES_A_CLUSTER },
    );
    for (const execution of items) found.set(execution.id, execution);
  }
  return [...found.values()];
}

async function wrongAnswers(database: Database, tool: string): Promise<WrongAnswer[]> {
  const said = (await database.executions.feedback(tool))
    .filter(({ correct }) => !correct)
    .slice(0, FAILURES_A_CLUSTER);
  const answers: WrongAnswer[] = [];
  for (const { executionId, expectedOutput, note } of said) {
    const execution = await database.executions.find(executionId);
    if (execution)
      answers.push({
        execution,
        ...(expectedOutput === undefined ? {} : { expected: expectedOutput }),
        ...(note === undefined ? {} : { note }),
      });
  }
  return answers;
}

/** Comments and refusals on this proposal, and refusals of earlier ones for the same tool and problem. */
async function remarksOn(database: Database, proposal: Proposal): Promise<{ remarks: Remark[]; rejected: string[] }> {
  const rejected: string[] = [];
  const [comments, decisions, earlier] = await Promise.all([
    database.proposals.comments(proposal.id),
    database.proposals.decisions(proposal.id),
    Promise.all(
      (["rejected", "changes_requested"] as const).map((state) =>
        database.proposals.list({ tool: proposal.tool, state }, { limit: MOST_REJECTED }),
      ),
    ),
  ]);
  const remarks: Remark[] = [
    ...decisions.flatMap((decision) => remarkOf(decision, `revision ${decision.revision}`)),
    ...comments
      .filter(({ resolved }) => resolved === undefined)
      .map(({ actor, revision, line, endLine, text }) => ({
        who: actor.name,
        about: `revision ${revision}${line === undefined ? "" : `, ${linesInWords(line, endLine)}`}`,
        text,
      })),
  ];
  const others = earlier.flatMap(({ items }) => items);
  for (const other of others.filter(({ id, purpose }) => id !== proposal.id && purpose === proposal.purpose)) {
    rejected.push(...(await database.proposals.revisions(other.id)).map(({ hash }) => hash));
    for (const decision of await database.proposals.decisions(other.id))
      remarks.push(...remarkOf(decision, `proposal ${other.number}`));
  }
  return { remarks, rejected };
}

function remarkOf(decision: DecisionRecord, about: string): Remark[] {
  if (decision.decision === "approve") return [];
  const verb = decision.decision === "reject" ? "rejected it" : "asked for changes";
  return [{ who: decision.actor.name, about, text: decision.reason === "" ? verb : `${verb}: ${decision.reason}` }];
}
