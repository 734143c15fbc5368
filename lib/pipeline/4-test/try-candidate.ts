/** A quick trial of a candidate, for generators that search: nothing is written, and the old side is run once for all. */
import { isLeftAlone } from "#lib/core/aside.ts";
import type { Candidate, CandidateTrial, TryCandidate } from "#lib/core/candidate.ts";
import { correctnessRank } from "#lib/core/correctness-rank.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { canonicalJson } from "#lib/core/json.ts";
import type { Mask } from "#lib/core/masking.ts";
import { Problem } from "#lib/core/problem.ts";
import { isMet, targetsOf } from "#lib/core/tally.ts";
import type { Version } from "#lib/core/version.ts";
import type { Label } from "#lib/core/words.ts";
import { type Baseline, runBaseline } from "./baseline.ts";
import { judged } from "./decide.ts";
import { type Examination, examine, judgeUnrun, type ToExamine } from "./examine.ts";
import { gather, QUICK } from "./gather.ts";
import type { TestParts } from "./index.ts";
import { MachineryLost, type Runnable, runnable } from "./run-case.ts";
import { agreementAsked, strategyOf } from "./test-candidate.ts";
import { validate } from "./validate.ts";

type Ground = {
  readonly version: Version;
  readonly base: Runnable & { readonly number: number };
  readonly baseline: Baseline;
  readonly circumstances: ToExamine["circumstances"];
};

/** How long the old side's runs are used again: a search tries many candidates within it. */
const KEPT_MS = 60_000;
const MOST_KEPT = 8;
/** Time that one run may take in a trial: the full test gives more. */
const TRIAL_TIME_MS = 2_000;
/** Generated inputs in a trial. */
const TRIAL_RUNS = 24;

/** Builds the trial; it remembers the old version's runs for a minute. */
export function createTrial(parts: TestParts): TryCandidate {
  const kept = new Map<string, { readonly at: number; readonly ground: Promise<Ground> }>();
  const groundFor = (candidate: Candidate): Promise<Ground> => {
    const { tool, baseVersion, purpose, opportunityId } = candidate;
    const key = canonicalJson([tool, baseVersion, purpose, opportunityId ?? null]);
    const at = parts.clock.now().getTime();
    const known = kept.get(key);
    if (known !== undefined && at - known.at < KEPT_MS) return known.ground;
    // Shared by several candidates, so one caller's stop does not end it for the others.
    const ground = prepare(parts, candidate);
    kept.delete(key);
    kept.set(key, { at, ground });
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest);
    ground.catch(() => {
      if (kept.get(key)?.ground === ground) kept.delete(key);
    });
    return ground;
  };
  return async (candidate, signal) => {
    signal.throwIfAborted();
    try {
      const ground = await groundFor(candidate);
      signal.throwIfAborted();
      return await tryOn(parts, ground, candidate, signal);
    } catch (error) {
      if (!(error instanceof MachineryLost)) throw error;
      return trialOf(judgeUnrun(NOWHERE, { trouble: error.message }), []);
    }
  };
}

/** Circumstances of a trial that never came to run. */
const NOWHERE: ToExamine["circumstances"] = {
  strategy: "manual",
  purpose: "other",
  threshold: 0.95,
  goodCallsPerDay: null,
};

async function prepare(parts: TestParts, candidate: Candidate): Promise<Ground> {
  const { database, sandbox } = parts;
  const { tool, baseVersion, purpose, opportunityId } = candidate;
  const version = await database.versions.find(tool, baseVersion);
  if (version === null) {
    throw new Problem("not_found", `Version ${baseVersion} of ${tool} is gone: start a new proposal.`);
  }
  const [gathered, threshold] = await Promise.all([
    gather(database, { base: version, purpose, opportunityId }, QUICK),
    agreementAsked(database, tool),
  ]);
  const base = { ...runnable(tool, version.source, version.manifest), number: version.number };
  const baseline = await runBaseline(sandbox, base, gathered.planned, {
    signal: new AbortController().signal,
    timeMs: TRIAL_TIME_MS,
  });
  const strategy = strategyOf(version, gathered);
  const circumstances = { strategy, purpose, threshold, goodCallsPerDay: null };
  return { version, base, baseline, circumstances };
}

async function tryOn(
  parts: TestParts,
  ground: Ground,
  { source, by = "model" }: Candidate,
  signal: AbortSignal,
): Promise<CandidateTrial> {
  const { version, base, baseline, circumstances } = ground;
  const validated = await validate(parts, { base: version, source, origin: by });
  if (!validated.ok) {
    const refused = judgeUnrun(circumstances, { validationErrors: validated.errors });
    return { ...trialOf(refused, validated.errors), valid: false };
  }
  const candidate = runnable(version.tool, source, validated.manifest);
  const what = { base, candidate, baseline, circumstances };
  return trialOf(await examine(parts.sandbox, what, { signal, timeMs: TRIAL_TIME_MS, runs: TRIAL_RUNS }), []);
}

function trialOf({ judgement, cases, masks }: Examination, errors: readonly string[]): CandidateTrial {
  const counted = cases.filter(({ source }) => source !== "candidate_case");
  const targets = targetsOf(counted);
  const count = (label: Label) => judgement.counts[label] ?? 0;
  return {
    valid: true,
    errors,
    verdict: judgement.verdict,
    headline: judgement.headline,
    // In a search a clear refusal is a target met; whether it suffices to pass is the verdict's business.
    targets: {
      total: targets.length,
      met: targets.filter((one) => isMet(judged(one)) || one.label === "handled").length,
    },
    regressions: count("regression"),
    changed: count("changed"),
    // What it hides it hides, whether it is for it or not.
    masked: count("masked") + judgement.maskedAside,
    unconfirmed: count("unconfirmed"),
    complaints: [...errors, ...complaintsOf(counted, masks)],
    rank: correctnessRank(judgement.features),
  };
}

const COMPLAINED: readonly Label[] = [
  "regression",
  "still_wrong",
  "still_failing",
  "masked",
  "changed",
  "slower",
  "diverged",
];
const MOST_COMPLAINTS = 12;
const LONGEST = 300;

/** What still goes wrong, a line each; the cases come in the order of what matters, small inputs first. */
function complaintsOf(cases: readonly EvidenceCase[], masks: ReadonlyMap<number, Mask>): string[] {
  return cases
    .filter((one) => COMPLAINED.includes(one.label) && !isLeftAlone(one))
    .slice(0, MOST_COMPLAINTS)
    .map((one) => {
      const mask = masks.get(one.index);
      const made = mask === undefined ? "" : ` (made by a ${mask.kind.replace("_", " ")} on line ${mask.line})`;
      return `${one.label.replace("_", " ")}: input ${short(one.input)} gave ${gave(one.new)}${made}${wanted(one)}`;
    });
}

function gave(side: EvidenceCase["new"]): string {
  if (side.status === "succeeded") return short(side.output);
  if (side.status === "diverged") return `a request for an effect that was not recorded: ${short(side.askedFor)}`;
  const { error, status } = side;
  return error === undefined
    ? status.replace("_", " ")
    : `${status} with ${error.code ?? error.name}: ${error.message.slice(0, LONGEST)}`;
}

function wanted({ expectedOutput, shouldThrow, label, old }: EvidenceCase): string {
  if (shouldThrow !== undefined) return `, where ${shouldThrow} is right`;
  if (expectedOutput !== undefined) return `, where ${short(expectedOutput)} is right`;
  return label === "changed" || label === "regression" ? `, where the current version gives ${gave(old)}` : "";
}

function short(value: unknown): string {
  const text = canonicalJson(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
