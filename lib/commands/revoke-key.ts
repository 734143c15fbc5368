/** Takes a key back: it opens nothing from then on, and neither do the sessions it opened. */
import { z } from "zod";
import { Problem } from "#lib/core/problem.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const RevokeKey = z.object({ id: z.string().describe("Id of a key") });

export const revokeKey = defineCommand({
  name: "keys.revoke",
  summary: "Take a key back",
  scope: "admin",
  input: RevokeKey,
  async run({ ctx, input }): Promise<{ id: string; revoked: true }> {
    return record(ctx, async (database) => {
      const keys = (await database.access.listKeys()).filter(({ revokedAt }) => revokedAt === null);
      const key = keys.find(({ id }) => id === input.id);
      if (key === undefined)
        throw new Problem("not_found", `There is no key "${input.id}": GET /api/v1/keys lists them.`);
      const others = keys.filter(({ id, kind, scopes }) => id !== key.id && kind === "key" && scopes.includes("admin"));
      if (key.kind === "key" && key.scopes.includes("admin") && others.length === 0)
        throw new Problem("conflict", `"${key.name}" is the last admin key: make another one first.`);
      await database.access.revokeKey(key.id);
      return {
        answer: { id: key.id, revoked: true as const },
        audit: {
          verb: "key.revoked",
          tool: null,
          subject: { kind: "key", id: key.id },
          summary: `took back the key "${key.name}"`,
        },
      };
    });
  },
});
