/** Room 3: writes a candidate for a proposal, with a model or with templates, each tried before one is proposed. */
import { type Actor, machine } from "#lib/core/actor.ts";
import type { TryCandidate } from "#lib/core/candidate.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type { Database } from "#lib/ports/database.ts";
import type { Model } from "#lib/ports/model.ts";
import type { GenerateRequest, Work } from "../rooms.ts";
import { moveProposal } from "../transitions.ts";
import { askModel, explainModel, MODEL_BUDGET, type ModelBudget } from "./ask-model.ts";
import { attemptsOf, choose, type Tried } from "./decide.ts";
import { gather } from "./gather.ts";
import { buildPrompt } from "./prompt.ts";
import {
  chooseRepair,
  cutOff,
  explainSearch,
  SEARCH_BUDGET,
  type SearchBudget,
  searchTemplates,
} from "./search-templates.ts";
import { hintsOf, type Situation } from "./situation.ts";

export type GenerateParts = {
  readonly database: Database;
  /** Null where none is configured. */
  readonly model: () => Model | null;
  readonly clock: Clock;
  readonly tryCandidate: TryCandidate;
  readonly budget?: { readonly model?: ModelBudget; readonly search?: SearchBudget };
};

/** What a generator found: the candidate to propose, or why there is none, and all that was tried. */
type Written = {
  readonly best: Tried | null;
  readonly tried: readonly Tried[];
  readonly reason: string;
  readonly prompt: string;
};

/**
 * Builds the room. The returned function takes a proposal in state `generating` to `testing` with a first or next
 * revision, or to `no_fix` with what was tried. A stop through `work.signal` leaves the proposal as it was.
 */
export function createGenerate(parts: GenerateParts): (request: GenerateRequest, work: Work) => Promise<Proposal> {
  const { database } = parts;
  return async (request, work) => {
    const proposal = await database.proposals.find(request.proposalId);
    if (proposal === null)
      throw new Problem("not_found", `There is no proposal ${request.proposalId}: it may have been removed.`);
    // A job that is run again after a crash finds its work done.
    if (proposal.state === "testing" || proposal.state === "no_fix") return proposal;
    if (proposal.state !== "generating")
      throw new Problem(
        "conflict",
        `Proposal ${proposal.number} is ${proposal.state}: only one in generating is written.`,
      );
    await work.progress("Reading the source and the recorded calls", 0);
    const situation = await gather(database, proposal);
    const written = await write(parts, situation, request.generator, work);
    work.signal.throwIfAborted();
    return record(parts, situation, written);
  };
}

async function write(
  parts: GenerateParts,
  situation: Situation,
  asked: GenerateRequest["generator"],
  work: Work,
): Promise<Written> {
  if (asked === "templates") return withTemplates(parts, situation, work);
  const model = parts.model();
  if (model !== null) {
    const written = await withModel(parts, model, situation, work);
    if (written.best !== null || asked === "model") return written;
    // Nobody insisted on the model: what needs none may still find a fix.
    const fallback = await withTemplates(parts, situation, work);
    return {
      best: fallback.best,
      tried: [...written.tried, ...fallback.tried],
      reason: `${written.reason} ${fallback.reason}`,
      prompt: `${written.prompt}\n\n${fallback.prompt}`,
    };
  }
  if (asked === "model")
    return {
      best: null,
      tried: [],
      reason:
        "No model is configured: set OPENAI_BASE_URL and WHETSTONE_MODEL and start again, or ask for the template repairer.",
      prompt: "",
    };
  return withTemplates(parts, situation, work);
}

function candidateOf({ proposal }: Situation) {
  const { tool, baseVersion, purpose, opportunityId } = proposal;
  return { tool, baseVersion, purpose, opportunityId };
}

async function withModel(parts: GenerateParts, model: Model, situation: Situation, work: Work): Promise<Written> {
  const { messages, text } = buildPrompt(situation);
  const result = await askModel(
    {
      candidate: candidateOf(situation),
      source: situation.base.source,
      messages,
      seen: situation.seen,
      model,
      tryCandidate: parts.tryCandidate,
      clock: parts.clock,
      budget: parts.budget?.model ?? MODEL_BUDGET,
    },
    work,
  );
  const best = choose(result.tried, "partial");
  return {
    best,
    tried: result.tried,
    reason: best
      ? `${model.name} wrote a candidate: ${best.trial?.headline ?? ""}`.trim()
      : explainModel(model, result),
    prompt: `Sent to ${model.host}, model ${model.name}:\n\n${text}`,
  };
}

async function withTemplates(parts: GenerateParts, situation: Situation, work: Work): Promise<Written> {
  const hints = hintsOf(situation);
  const result = await searchTemplates(
    {
      candidate: candidateOf(situation),
      source: situation.base.source,
      hints,
      seen: situation.seen,
      tryCandidate: parts.tryCandidate,
      clock: parts.clock,
      budget: parts.budget?.search ?? SEARCH_BUDGET,
    },
    work,
  );
  const best = chooseRepair(result.tried);
  const summary = `Template repairer: ${result.enumerated} edits enumerated from ${hints.failures.length} failing and ${hints.passing.length} good inputs, ${result.tried.length} tried.${cutOff(result)}`;
  return {
    best,
    tried: result.tried,
    reason: best ? `The template repairer found a fix (${best.origin.name}).${cutOff(result)}` : explainSearch(result),
    prompt: summary,
  };
}

/** Revision, attempts and transition (which writes the audit row), all or nothing. */
async function record({ database }: GenerateParts, { proposal }: Situation, written: Written): Promise<Proposal> {
  const { best, tried, reason, prompt } = written;
  const actor: Actor = machine(best?.origin.kind ?? tried[0]?.origin.kind ?? "generator");
  await database.transaction(async (tx) => {
    await tx.proposals.setAttempts(proposal.id, attemptsOf(tried, best), prompt === "" ? undefined : prompt);
    if (best)
      await tx.proposals.addRevision(proposal.id, {
        source: best.source,
        rationale: best.rationale,
        author: actor,
        origin: best.origin,
      });
    await moveProposal(tx, {
      id: proposal.id,
      to: best ? "testing" : "no_fix",
      actor,
      reason,
      seen: proposal.sequence,
    });
  });
  const after = await database.proposals.find(proposal.id);
  if (after === null) throw new Problem("not_found", `Proposal ${proposal.number} was removed while it was written.`);
  return after;
}
