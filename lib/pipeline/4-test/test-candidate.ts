/** All of a proposal's tests: validate, gather, run old and new, judge, and say what was not reached. */
import type { EvidenceSummary } from "#lib/core/evidence.ts";
import { NO_CHANGES, type SummaryFacts, summarise } from "#lib/core/evidence-summary.ts";
import { policyOf } from "#lib/core/policy.ts";
import type { Proposal, Revision } from "#lib/core/proposal.ts";
import { chooseStrategy, contradictions, isRepeated } from "#lib/core/strategy.ts";
import { plural } from "#lib/core/verdict-words.ts";
import type { Version } from "#lib/core/version.ts";
import type { Strategy } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Work } from "../rooms.ts";
import { runBaseline } from "./baseline.ts";
import { describeUntested } from "./describe-tested.ts";
import { type Examination, examine, judgeUnrun, type ToExamine } from "./examine.ts";
import { RUNS } from "./explore.ts";
import { FULL, type Gathered, gather } from "./gather.ts";
import type { TestParts } from "./index.ts";
import { describeUnexecuted } from "./measure-coverage.ts";
import { MachineryLost, runnable } from "./run-case.ts";
import { timeBudget } from "./time-budget.ts";
import { validate } from "./validate.ts";

/** What testing showed, before it is written. */
export type Tested = {
  readonly examination: Examination;
  readonly strategy: Strategy;
  readonly summary: EvidenceSummary;
};

export type ToTest = { readonly proposal: Proposal; readonly base: Version; readonly revision: Revision };

/** Live calls that are looked at again: enough to prove what policy asks. */
const MOST_LIVE = 300;
const WEEK_MS = 7 * 24 * 3_600_000;

/** Tests a revision. Lost machinery comes back as the verdict `error`; a stop through the signal is thrown. */
export async function testCandidate(parts: TestParts, what: ToTest, work: Work): Promise<Tested> {
  const { proposal, base, revision } = what;
  await work.progress("Reading recorded calls and cases", 0);
  const tried = await parts.database.shadow.list(proposal.id, revision.number, MOST_LIVE);
  const live = tried.map(({ executionId }) => executionId);
  const gathered = await gather(parts.database, { ...proposal, base, live }, FULL);
  const circumstances = await circumstancesOf(parts, what, gathered, new Set(live));
  const facts: SummaryFacts = {
    strategy: circumstances.strategy,
    ab: judgeUnrun(circumstances, {}).ab,
    noisePaths: [],
    notTested: [],
    changes: NO_CHANGES,
    validationErrors: [],
  };
  try {
    return await run(parts, what, { gathered, circumstances, facts }, work);
  } catch (error) {
    if (!(error instanceof MachineryLost)) throw error;
    const examination = judgeUnrun(circumstances, { trouble: error.message });
    return { examination, strategy: circumstances.strategy, summary: summarise(examination.judgement, facts) };
  }
}

type Prepared = {
  readonly gathered: Gathered;
  readonly circumstances: ToExamine["circumstances"];
  readonly facts: SummaryFacts;
};

async function run(parts: TestParts, what: ToTest, prepared: Prepared, work: Work): Promise<Tested> {
  const { base, revision } = what;
  const { gathered, circumstances, facts } = prepared;
  const { strategy } = circumstances;
  await work.progress("Validating the source", 0.02);
  const { source, origin } = revision;
  const validated = await validate(parts, { base, source, origin: origin.kind });
  if (!validated.ok) {
    const examination = judgeUnrun(circumstances, { validationErrors: validated.errors });
    const { changes, errors: validationErrors } = validated;
    return {
      examination,
      strategy,
      summary: summarise(examination.judgement, { ...facts, changes, validationErrors }),
    };
  }
  const total = gathered.planned.length;
  const limits = { signal: work.signal, timeMs: timeBudget(gathered.slowestMs) };
  const report = (stage: string, from: number, to: number) =>
    everyFew(total, (done) =>
      work.progress(`${stage} ${done} of ${plural(total, "call")}`, from + ((to - from) * done) / Math.max(1, total)),
    );
  const old = { ...runnable(base.tool, base.source, base.manifest), number: base.number };
  const baseline = await runBaseline(parts.sandbox, old, gathered.planned, {
    ...limits,
    onDone: report("Replaying on the current version:", 0.05, 0.5),
  });
  const candidate = runnable(base.tool, source, validated.manifest);
  const examination = await examine(
    parts.sandbox,
    { base: old, candidate, baseline, circumstances },
    {
      ...limits,
      runs: RUNS,
      onDone: report("Replaying on the proposed version:", 0.5, 0.95),
      onCoverage: (done, of) =>
        work.progress(`Looking which lines were executed: ${done} of ${plural(of, "run")}`, 0.95 + (0.03 * done) / of),
    },
  );
  const { cases, coverage } = examination;
  await work.progress("Judging", 0.98);
  const notTested = [
    ...(coverage === undefined ? [] : describeUnexecuted(coverage)),
    ...baseline.notTested,
    ...describeUntested({
      strategy,
      strategyUsed: examination.judgement.strategyUsed,
      inputSchema: base.manifest.inputSchema,
      cases,
      newest: gathered.newest,
      now: parts.clock.now(),
    }),
  ];
  const summary = summarise(examination.judgement, {
    ...facts,
    ab: examination.ab,
    noisePaths: baseline.noise,
    madeUp: examination.masks.size,
    notTested,
    changes: validated.changes,
    ...(coverage === undefined ? {} : { coverage }),
  });
  return { examination, strategy, summary };
}

/** Reports about a hundred times, and at the end. */
function everyFew(total: number, report: (done: number) => Promise<void>): (done: number) => Promise<void> {
  const step = Math.max(1, Math.floor(total / 100));
  return async (done) => {
    if (done % step === 0 || done === total) await report(done);
  };
}

async function circumstancesOf(
  parts: TestParts,
  what: ToTest,
  gathered: Gathered,
  live: ReadonlySet<string>,
): Promise<ToExamine["circumstances"]> {
  const { database, clock } = parts;
  const { base, proposal } = what;
  const [threshold, goodCallsPerDay] = await Promise.all([
    agreementAsked(database, base.tool),
    goodTraffic(database, base.tool, clock.now()),
  ]);
  return {
    strategy: strategyOf(base, gathered),
    purpose: proposal.purpose,
    threshold,
    goodCallsPerDay,
    live,
  };
}

/** The share of agreement that policy asks of a tool. */
export async function agreementAsked(database: Database, name: string): Promise<number> {
  const [settings, tool] = await Promise.all([database.settings.get(), database.tools.find(name)]);
  return policyOf(settings, tool?.settings).agreementThreshold;
}

/** The classification of the base version: what the candidate says of itself does not loosen its own test. */
export function strategyOf(base: Version, { planned, observed }: Gathered): Strategy {
  const { characteristics } = base.manifest;
  return chooseStrategy(characteristics, {
    contradictions: contradictions(base.manifest, observed),
    repeats: isRepeated(observed),
    hasTestCases: planned.some(({ source }) => source === "base_case" || source === "stored_case"),
  });
}

/** Good calls a day over the last week, or since the first of them; null where there are none. */
async function goodTraffic(database: Database, tool: string, now: Date): Promise<number | null> {
  const rows = await database.executions.counts({ tool, since: new Date(now.getTime() - WEEK_MS) });
  const good = rows.reduce((sum, { counts }) => sum + (counts.succeeded ?? 0) + (counts.refused ?? 0), 0);
  if (good === 0) return null;
  const first = Math.min(...rows.map((row) => row.first.getTime()));
  const days = Math.max(now.getTime() - first, 3_600_000) / (24 * 3_600_000);
  return good / days;
}
