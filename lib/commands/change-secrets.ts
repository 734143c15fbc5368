/** Secrets of tools, set and deleted. A value that was set is never shown again, to anybody. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const SecretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "takes up to 100 letters, digits and '_', no digit first");

export const SetSecret = z.object({
  name: SecretName,
  value: z.string().min(1, "is empty: send the secret's value").max(10_000, "takes 10000 characters at the most"),
});

export const setSecret = defineCommand({
  name: "secrets.set",
  summary: "Set a secret of tools; its value is never shown again",
  scope: "admin",
  input: SetSecret,
  async run({ ctx, input: { name, value } }): Promise<{ name: string }> {
    return record(ctx, async (database) => {
      await database.secrets.set(name, value);
      return {
        answer: { name },
        audit: {
          verb: "secret.set",
          tool: null,
          subject: { kind: "secret", id: name },
          summary: `set the secret ${name}`,
        },
        events: [{ kind: "settings", id: name }],
      };
    });
  },
});

export const deleteSecret = defineCommand({
  name: "secrets.delete",
  summary: "Delete a secret of tools",
  scope: "admin",
  input: z.object({ name: SecretName }),
  async run({ ctx, input: { name } }): Promise<{ name: string; deleted: true }> {
    return record(ctx, async (database) => {
      if (!(await database.secrets.delete(name)))
        throw new Problem("not_found", `There is no secret ${name} in the settings: GET /api/v1/secrets lists them.`);
      return {
        answer: { name, deleted: true as const },
        audit: {
          verb: "secret.deleted",
          tool: null,
          subject: { kind: "secret", id: name },
          summary: `deleted the secret ${name}`,
        },
        events: [{ kind: "settings", id: name }],
      };
    });
  },
});
