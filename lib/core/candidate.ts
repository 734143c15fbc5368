/** What a quick trial of a candidate showed: handed to generators so that they can search. */
import type { Purpose } from "./proposal.ts";
import type { Verdict } from "./words.ts";

export type Candidate = {
  readonly tool: string;
  readonly baseVersion: number;
  readonly source: string;
  readonly purpose: Purpose;
  readonly opportunityId?: string | undefined;
  /** A person may ask for more than the base was allowed; anything else is judged as a machine's. */
  readonly by?: "person" | "model" | undefined;
};

export type CandidateTrial = {
  /** False where validation refused it before anything ran; `errors` says why, a sentence each. */
  readonly valid: boolean;
  readonly errors: readonly string[];
  readonly verdict: Verdict;
  readonly headline: string;
  readonly targets: { readonly total: number; readonly met: number };
  readonly regressions: number;
  readonly changed: number;
  readonly masked: number;
  readonly unconfirmed: number;
  /** What still goes wrong, a line each, smallest inputs first; fed back to a model. */
  readonly complaints: readonly string[];
  /** Orders candidates that are otherwise alike, higher first; not a probability. */
  readonly rank?: number;
};

export type TryCandidate = (candidate: Candidate, signal: AbortSignal) => Promise<CandidateTrial>;
