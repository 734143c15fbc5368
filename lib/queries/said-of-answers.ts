/** What was last said of the answers of recorded calls among the cases of a proposal. */
import type { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import type { Feedback } from "#lib/core/execution.ts";
import { maskSensitive, type Schemas } from "#lib/core/sensitive.ts";

/** By the call's id. */
export type SaidOfAnswers = Readonly<
  Record<
    string,
    {
      readonly correct: boolean;
      /** What the answer should have been, as JSON, hidden as the answers of the cases are. */
      readonly expected: string | undefined;
      readonly at: Date;
      /** Whether the evidence was made after it. */
      readonly counted: boolean;
    }
  >
>;

/** @param schemas of the base version; null where there is none */
export function saidOfAnswers(
  cases: readonly Pick<EvidenceCase, "executionId">[],
  feedback: readonly Pick<Feedback, "executionId" | "correct" | "expectedOutput" | "createdAt">[],
  evidence: Pick<Evidence, "createdAt"> | null,
  schemas: Schemas | null,
): SaidOfAnswers {
  const asked = new Set(cases.flatMap(({ executionId }) => executionId ?? []));
  return Object.fromEntries(
    feedback
      .filter(({ executionId }) => asked.has(executionId))
      .map(({ executionId, correct, expectedOutput, createdAt }) => {
        const shown =
          schemas === null ? expectedOutput : maskSensitive(expectedOutput, schemas.outputSchema, new Set());
        return [
          executionId,
          {
            correct,
            expected: shown === undefined ? undefined : JSON.stringify(shown),
            at: createdAt,
            counted: evidence !== null && createdAt < evidence.createdAt,
          },
        ];
      }),
  );
}
