/** The few ways in which a request can be refused. Each door maps the codes once. */

export const PROBLEM_CODES = [
  "invalid_input", // the request breaks a schema or a rule; says which and what to do
  "unauthorized", // nobody is signed in, or the key is unknown
  "forbidden", // signed in, but without the scope
  "not_found",
  "conflict", // the state moved, a digest is stale, a lock is held, a verdict forbids it
  "too_many", // back-pressure: try again after `retryAfterSeconds`
  "unavailable", // machinery trouble: sandbox or database out of reach
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** An expected refusal: what was wrong, what to do, and nothing was changed. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly details: Record<string, unknown>;

  /**
   * @param code which kind of refusal
   * @param message one clear sentence for a person: what was wrong and what to do
   * @param details extension members for machines (for example `errors`, `id`, `retryAfterSeconds`)
   */
  constructor(code: ProblemCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A sentence that goes on inside another one: without the full stop that it may have. */
export function withoutStop(sentence: string): string {
  return sentence.replace(/[.\s]+$/, "");
}

/**
 * Whether a thrown value is a Problem. Modules load twice (Node and the page bundle), so `instanceof` would miss
 * those that the other copy made.
 */
export function isProblem(error: unknown): error is Problem {
  return error instanceof Error && error.name === "Problem" && "code" in error && "details" in error;
}
