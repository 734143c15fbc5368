"use server";
import { defineAction } from "#app/define-action.ts";
import { cancelJob } from "#lib/commands/cancel-job.ts";

export const stopJob = defineAction(cancelJob, { answer: () => null });
