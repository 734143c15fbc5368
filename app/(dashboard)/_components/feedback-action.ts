"use server";
import { defineAction } from "#app/define-action.ts";
import { giveFeedback } from "#lib/commands/give-feedback.ts";

export const feedback = defineAction(giveFeedback, { answer: ({ correct }) => ({ correct }) });
