"use server";
import { defineAction } from "#app/define-action.ts";
import { cancelJob } from "#lib/commands/cancel-job.ts";
import { changeOpportunity } from "#lib/commands/change-opportunity.ts";
import { detect as detectCommand } from "#lib/commands/detect.ts";
import { generateProposal } from "#lib/commands/generate-proposal.ts";

export const detect = defineAction(detectCommand, { answer: ({ id, state }) => ({ id, state }) });
export const generate = defineAction(generateProposal, { answer: ({ id, number }) => ({ id, number }) });
export const change = defineAction(changeOpportunity, { answer: ({ state }) => ({ state }) });
export const stop = defineAction(cancelJob, { answer: ({ state }) => ({ state }) });
