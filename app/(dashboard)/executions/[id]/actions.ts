"use server";
import { defineAction } from "#app/define-action.ts";
import { makeCase } from "#lib/commands/make-case.ts";

export const saveCase = defineAction(makeCase, { answer: ({ description }) => ({ description }) });
