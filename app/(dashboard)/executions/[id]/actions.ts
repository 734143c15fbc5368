"use server";
import { defineAction } from "#app/define-action.ts";
import { giveFeedback } from "#lib/commands/give-feedback.ts";
import { makeCase } from "#lib/commands/make-case.ts";

export const feedback = defineAction(giveFeedback, { answer: ({ correct }) => ({ correct }) });
export const saveCase = defineAction(makeCase, { answer: ({ description }) => ({ description }) });
