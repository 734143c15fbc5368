/** Access keys: made, listed and taken back. The secret is shown once and only its digest is kept. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { sha256 } from "#lib/core/json.ts";
import { Scope } from "#lib/core/words.ts";
import type { AccessKey } from "#lib/ports/database.ts";
import { defineCommand } from "./command.ts";
import { record } from "./record.ts";

export const CreateKey = z.object({
  name: z.string().trim().min(1, "is empty: name who will use the key").max(100),
  scopes: z.array(Scope).min(1, "is empty: choose what the key may do").default(["read", "call"]),
});

/** A fresh secret: 256 random bits behind a recognisable prefix. */
export function newSecret(prefix: "wk" | "ws" | "wt"): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

export const createKey = defineCommand({
  name: "keys.create",
  summary: "Make a key for an agent or a person; its secret is shown once",
  scope: "admin",
  input: CreateKey,
  async run({ ctx, input }): Promise<AccessKey & { secret: string }> {
    const secret = newSecret("wk");
    return record(ctx, async (database) => {
      const key = await database.access.createKey({
        name: input.name,
        kind: "key",
        scopes: input.scopes,
        secretHash: sha256(secret),
      });
      return {
        answer: { ...key, secret },
        audit: {
          verb: "key.created",
          tool: null,
          subject: { kind: "key", id: key.id },
          summary: `made the key "${key.name}" for ${key.scopes.join(", ")}`,
        },
      };
    });
  },
});
