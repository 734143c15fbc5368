/** A link that signs a browser in once, within ten minutes. */
import { z } from "zod";
import { sha256 } from "#lib/core/json.ts";
import type { AccessKey, Database } from "#lib/ports/database.ts";
import { defineCommand } from "./command.ts";
import { newSecret } from "./create-key.ts";
import { record } from "./record.ts";

const LINK_MINUTES = 10;

export type SignInLink = { readonly path: string; readonly expiresAt: Date };

export const createSignInLinkCommand = defineCommand({
  name: "sign-in",
  summary: "Make a link that signs a browser in once",
  scope: "admin",
  input: z.object({}),
  run: ({ ctx }): Promise<SignInLink> =>
    record(ctx, async (database) => ({
      answer: await issueSignInLink(database, ctx.clock.now()),
      audit: {
        verb: "sign_in.link_made",
        tool: null,
        subject: { kind: "key", id: ctx.caller.actor.id },
        summary: `made a sign-in link for ${LINK_MINUTES} minutes`,
      },
    })),
});

/** Issues the token behind a link for the owner of the installation; only its digest is stored. */
export async function issueSignInLink(database: Database, now: Date): Promise<SignInLink> {
  const token = newSecret("wt");
  const owner = await findOwner(database);
  const expiresAt = new Date(now.getTime() + LINK_MINUTES * 60_000);
  await database.access.createSignIn({ hash: sha256(token), keyId: owner.id, expiresAt });
  return { path: `/sign-in?token=${token}`, expiresAt };
}

/** The person behind the browser: apart from the admin key, so that decisions tell people and agents apart. */
async function findOwner(database: Database): Promise<AccessKey> {
  const people = (await database.access.listKeys()).filter(
    ({ kind, revokedAt, scopes }) => kind === "person" && revokedAt === null && scopes.includes("admin"),
  );
  const [owner] = people.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  if (owner !== undefined) return owner;
  // Nobody knows this secret: the owner comes in by links only.
  const secretHash = sha256(newSecret("wk"));
  return database.access.createKey({ name: "owner", kind: "person", scopes: ["admin"], secretHash });
}
