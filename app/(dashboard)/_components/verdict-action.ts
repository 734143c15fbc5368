"use server";
import { answerAction } from "#app/define-action.ts";
import { readVerdict } from "#lib/queries/verdict.ts";

/** How a proposal stands, for a page that waits for its verdict. */
export async function verdictOf({ id }: { id: string }) {
  return answerAction((context) => readVerdict(context, { id }));
}
