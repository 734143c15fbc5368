"use server";
import { defineAction } from "#app/define-action.ts";
import { createKey } from "#lib/commands/create-key.ts";

/** Nothing is looked at again: the snippet that shows the key must stay where it is. */
export const makeAgentKey = defineAction(createKey, { answer: ({ secret }) => ({ secret }), revalidate: () => [] });
