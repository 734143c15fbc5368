/** Keeps the list: one opportunity a tool and kind, every turn of its life with its audit row. */
import { machine } from "#lib/core/actor.ts";
import { clusterKey } from "#lib/core/clusters.ts";
import type { Cluster, Opportunity } from "#lib/core/opportunity.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import type { OpportunityKind } from "#lib/core/words.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import { decide, type Problem } from "./decide.ts";
import { nextStep, type Step } from "./lifecycle.ts";
import type { ToolRecord } from "./record.ts";

export type Kept = { readonly change: "opened" | "updated" | "resolved"; readonly opportunity: Opportunity };

const KINDS: readonly OpportunityKind[] = ["failing", "incorrect", "degrading", "slow"];

/** Examines a record and brings the tool's opportunities up to it, in one transaction. */
export async function keep(ports: { database: Database; clock: Clock }, record: ToolRecord): Promise<Kept[]> {
  const now = ports.clock.now();
  const examination = decide(record, now);
  return ports.database.transaction(async (database) => {
    // Two looks at once would each open what the other opens.
    await database.tools.lock(record.tool);
    const kept: Kept[] = [];
    for (const kind of KINDS) {
      const found = examination.problems.find((one) => one.kind === kind) ?? null;
      const known = await findKnown(database, record.tool, kind, found !== null);
      const byDesign = known?.statistics.dismissed?.keys ?? [];
      const seen = byDesign.length === 0 ? examination : decide(record, now, new Set(byDesign));
      const problem = seen.problems.find((one) => one.kind === kind) ?? null;
      const step = nextStep({
        known,
        problem,
        beyondDismissed: known?.state === "dismissed" ? beyond(known, problem, record, now) : null,
        examination: seen,
        record,
        proposals: known?.state === "in_progress" ? await proposalsOf(database, known) : [],
        now,
      });
      const result = await take(database, record, known, withReturn(step, known, record, now));
      if (result) kept.push(result);
    }
    return kept;
  });
}

async function findKnown(database: Database, tool: string, kind: OpportunityKind, wanted: boolean) {
  const live = await database.opportunities.findLive(tool, kind);
  if (live !== null || !wanted) return live;
  const { items } = await database.opportunities.list({ tool, state: "resolved" }, { limit: 200 });
  const past = items.filter((opportunity) => opportunity.kind === kind);
  return past.sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())[0] ?? null;
}

async function proposalsOf(database: Database, { id }: Opportunity) {
  return (await database.proposals.list({ opportunityId: id }, { limit: 50 })).items;
}

/** What is wrong besides what the person who dismissed the opportunity saw: other failures, or an answer known to be wrong. */
function beyond(known: Opportunity, problem: Problem | null, record: ToolRecord, now: Date): Problem | null {
  if (problem !== null && isSuspicion(known) && !isSuspicion(problem)) return problem;
  if (known.kind !== "failing" && known.kind !== "degrading") return null;
  const seen = [...known.clusters.flatMap(keysOf), ...(known.statistics.dismissed?.keys ?? [])];
  return decide(record, now, new Set(seen)).problems.find(({ kind }) => kind === known.kind) ?? null;
}

function keysOf({ key, mergedKeys = [] }: Pick<Cluster, "key" | "mergedKeys">): string[] {
  return [key, ...mergedKeys];
}

/** A step with the time at which the problem was back: its first bad call after it had ended, and kept from then on. */
function withReturn(step: Step, known: Opportunity | null, record: ToolRecord, now: Date): Step {
  if (known === null || (step.do !== "reopen" && step.do !== "update")) return step;
  const { problem } = step;
  const cameBackAt =
    step.do === "update" ? known.statistics.cameBackAt : firstSince(known.updatedAt, problem, record, now);
  return cameBackAt === undefined
    ? step
    : { ...step, problem: { ...problem, statistics: { ...problem.statistics, cameBackAt } } };
}

function firstSince(ended: Date, { clusters }: Problem, { failures }: ToolRecord, now: Date): Date {
  const keys = new Set(clusters.flatMap(keysOf));
  const first = failures.findLast((failure) => failure.startedAt > ended && keys.has(clusterKey(failure)));
  return first?.startedAt ?? now;
}

async function take(
  database: Database,
  { tool }: ToolRecord,
  known: Opportunity | null,
  step: Step,
): Promise<Kept | null> {
  switch (step.do) {
    case "leave":
      return null;
    case "open": {
      const opportunity = await database.opportunities.create({ tool, state: "open", ...step.problem });
      await note(database, opportunity, "opened", step.problem.reason);
      return { change: "opened", opportunity };
    }
    case "reopen": {
      const change = { ...step.problem, state: "open" as const, note: step.note };
      const opportunity = await database.opportunities.update((known as Opportunity).id, change);
      await note(database, opportunity, "reopened", `${step.note}. ${step.problem.reason}`);
      return { change: "opened", opportunity };
    }
    case "update": {
      const before = known as Opportunity;
      const change = {
        ...step.problem,
        ...(step.state === undefined ? {} : { state: step.state }),
        ...(step.note === undefined ? {} : { note: step.note }),
      };
      const opportunity = await database.opportunities.update(before.id, change);
      if (opportunity.state !== before.state)
        await note(database, opportunity, "reopened", step.note ?? "No fix is under way");
      else if (opportunity.reason !== before.reason) await publish(database, opportunity);
      return { change: "updated", opportunity };
    }
    case "resolve": {
      const change = { state: "resolved" as const, note: step.note };
      const opportunity = await database.opportunities.update((known as Opportunity).id, change);
      await note(database, opportunity, "resolved", step.note);
      return { change: "resolved", opportunity };
    }
  }
}

async function note(database: Database, { id, tool, kind }: Opportunity, verb: string, why: string): Promise<void> {
  await database.audit.append({
    actor: machine("detect"),
    verb: `opportunity.${verb}`,
    tool,
    subject: { kind: "opportunity", id },
    summary: `${verb} the opportunity "${kind}" of ${tool}: ${why}`,
  });
  await publish(database, { id, tool });
  await database.publish({ kind: "activity", id, tool });
}

async function publish(database: Database, { id, tool }: Pick<Opportunity, "id" | "tool">): Promise<void> {
  await database.publish({ kind: "opportunity", id, tool });
}
