"use server";
import { defineAction } from "#app/define-action.ts";
import { resolveSync } from "#lib/commands/resolve-sync.ts";
import { undoSync } from "#lib/commands/undo-sync.ts";

export const resolve = defineAction(resolveSync, {
  answer: ({ backup, version }) => ({ backedUp: backup !== null, version }),
});

export const undo = defineAction(undoSync, { answer: ({ name, activeVersion }) => ({ name, version: activeVersion }) });
