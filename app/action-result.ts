import type { ProblemCode } from "#lib/core/problem.ts";

/** What a server action answers: its value, or a refusal in one sentence for a person. */
export type ActionResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly code: ProblemCode | "unexpected";
      readonly message: string;
      readonly details: Readonly<Record<string, unknown>>;
    };
