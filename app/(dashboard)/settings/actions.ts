"use server";
import { defineAction } from "#app/define-action.ts";
import { deleteSecret, setSecret } from "#lib/commands/change-secrets.ts";
import { changeSettings } from "#lib/commands/change-settings.ts";
import { createKey } from "#lib/commands/create-key.ts";
import { revokeKey } from "#lib/commands/revoke-key.ts";

export const change = defineAction(changeSettings, { answer: ({ mode }) => ({ mode }) });
export const makeKey = defineAction(createKey, { answer: ({ id, name, secret }) => ({ id, name, secret }) });
export const takeBackKey = defineAction(revokeKey, { answer: () => null });
export const keepSecret = defineAction(setSecret, { answer: ({ name }) => ({ name }) });
export const dropSecret = defineAction(deleteSecret, { answer: () => null });
