"use server";
import { defineAction } from "#app/define-action.ts";
import { resolveSync } from "#lib/commands/resolve-sync.ts";

export const resolve = defineAction(resolveSync, {
  answer: (row) => JSON.parse(JSON.stringify(row)) as Record<string, unknown>,
});
