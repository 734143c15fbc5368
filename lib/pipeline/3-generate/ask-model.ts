/** Asks a model for candidates, several at once, and feeds failures back for a few rounds. */
import type { Candidate, TryCandidate } from "#lib/core/candidate.ts";
import { sha256 } from "#lib/core/json.ts";
import type { Origin } from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Model, ModelAnswer, ModelFailure, ModelMessage } from "#lib/ports/model.ts";
import type { Work } from "../rooms.ts";
import { compareTried, editSize, meritOf, type Tried } from "./decide.ts";
import { extract } from "./extract.ts";
import { buildFeedback } from "./prompt.ts";

export type ModelBudget = {
  readonly rounds: number;
  /** One candidate is asked for at each temperature, all at once. */
  readonly temperatures: readonly number[];
  readonly tokens: number;
  readonly seconds: number;
};
export const MODEL_BUDGET: ModelBudget = { rounds: 3, temperatures: [0.2, 0.7], tokens: 200_000, seconds: 600 };

/** Failures that a second try would meet again. */
const FINAL: ReadonlySet<ModelFailure["failure"]> = new Set(["unauthorized", "unreachable", "refused", "cancelled"]);

export type ModelResult = { readonly tried: Tried[]; readonly failures: ModelFailure[]; readonly rounds: number };

/** Candidates of a model, tried; ends with the first that is good, or with its budget. */
export async function askModel(
  options: {
    candidate: Omit<Candidate, "source">;
    source: string;
    messages: readonly ModelMessage[];
    seen: ReadonlySet<string>;
    model: Model;
    tryCandidate: TryCandidate;
    clock: Clock;
    budget?: ModelBudget;
  },
  work: Work,
): Promise<ModelResult> {
  const { model, clock, budget = MODEL_BUDGET } = options;
  const deadline = clock.now().getTime() + budget.seconds * 1000;
  const tried: Tried[] = [];
  const failures: ModelFailure[] = [];
  const known = new Set(options.seen);
  let messages = options.messages;
  let tokens = 0;
  for (let round = 1; ; round += 1) {
    work.signal.throwIfAborted();
    await work.progress(
      `Asking ${model.name} at ${model.host}, round ${round} of ${budget.rounds}`,
      (round - 1) / budget.rounds,
    );
    const answers = await Promise.all(
      budget.temperatures.map((temperature) => model.complete({ messages, temperature, signal: work.signal })),
    );
    work.signal.throwIfAborted();
    const fresh: { answer: ModelAnswer; tried: Tried }[] = [];
    for (const answer of answers) {
      if ("failure" in answer) failures.push(answer);
      else {
        tokens += answer.promptTokens + answer.completionTokens;
        fresh.push({ answer, tried: await tryAnswer(options, answer, known, tried.length + fresh.length, work) });
      }
    }
    tried.push(...fresh.map((one) => one.tried));
    const best = [...fresh].sort((a, b) => compareTried(a.tried, b.tried))[0];
    const done = best !== undefined && meritOf(best.tried.trial) === "full";
    const hopeless = fresh.length === 0 && answers.every((answer) => "failure" in answer && FINAL.has(answer.failure));
    const spent = round >= budget.rounds || tokens >= budget.tokens || clock.now().getTime() >= deadline;
    if (done || hopeless || spent) return { tried, failures, rounds: round };
    if (best)
      messages = [...options.messages, ...buildFeedback(best.answer.text, best.tried.trial, best.tried.problem)];
  }
}

/** Takes the source out of an answer and tries it, unless there is nothing new to try. */
async function tryAnswer(
  options: { candidate: Omit<Candidate, "source">; source: string; model: Model; tryCandidate: TryCandidate },
  answer: ModelAnswer,
  known: Set<string>,
  order: number,
  work: Work,
): Promise<Tried> {
  const { model, source } = options;
  const { promptTokens, completionTokens, seconds } = answer;
  const origin: Origin = {
    kind: "model",
    name: model.name,
    host: model.host,
    cost: { promptTokens, completionTokens, seconds },
  };
  const extracted = extract(answer.text);
  if (!extracted.found)
    return { source: "", rationale: "", origin, cost: order, size: 0, trial: null, problem: extracted.reason };
  const candidate = source.includes("\r\n") ? extracted.source.replaceAll("\n", "\r\n") : extracted.source;
  const rationale = extracted.rationale || `${model.name} gave no reason for its change.`;
  const one = { source: candidate, rationale, origin, cost: order, size: editSize(source, candidate) };
  if (known.has(sha256(candidate)) || one.size === 0) {
    const problem =
      one.size === 0
        ? "The answer is the file as it was: nothing is mended."
        : "The answer is a source that was tried or rejected before.";
    return { ...one, trial: null, problem };
  }
  known.add(sha256(candidate));
  await work.progress(`Testing a candidate of ${model.name}`, Math.min(0.9, 0.2 + order * 0.1));
  return { ...one, trial: await options.tryCandidate({ ...options.candidate, source: candidate }, work.signal) };
}

/** What an unsuccessful model run says. */
export function explainModel(model: Model, { tried, failures, rounds }: ModelResult): string {
  const last = failures.at(-1);
  if (tried.length === 0) return last ? last.message : `${model.name} gave no answer.`;
  const usable = tried.filter(({ trial }) => trial !== null);
  const valid = usable.filter(({ trial }) => trial?.valid === true);
  const best = [...tried].sort(compareTried)[0];
  const why = best?.trial ? (best.trial.valid ? best.trial.headline : best.trial.errors[0]) : best?.problem;
  return (
    `${model.name} gave ${tried.length} answers in ${rounds} rounds: ${usable.length} with a new source, ${valid.length} of them valid, none good enough.` +
    (why ? ` The nearest: ${why}` : "") +
    (last ? ` ${last.message}` : "")
  );
}
