import { Lock } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { SCOPE_WORDS } from "#app/_ui/not-allowed.tsx";
import { findContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { AccountBar } from "../(dashboard)/_components/account-bar.tsx";

export const metadata: Metadata = { title: "No access" };

/** For a key that may not look at anything: an agent's, most often. */
export default async function NoAccessPage() {
  const context = await findContext();
  if (context === null) redirect("/sign-in");
  const { actor, scopes } = context.caller;
  if (holds(context.caller, "read")) redirect("/");
  return (
    <main className="grid min-h-dvh place-items-center px-4">
      <div className="w-full max-w-md">
        <h1 className="sr-only">No access</h1>
        <EmptyState icon={Lock} title="This key may not look at anything here">
          You are signed in with the key <strong className="font-medium text-foreground">{actor.name}</strong>, which
          may {scopes.map((scope) => `“${SCOPE_WORDS[scope]}”`).join(" and ")}. Seeing pages takes one that may “
          {SCOPE_WORDS.read}”: an administrator makes it in the settings. Sign out to use another.
        </EmptyState>
        <div className="rounded-lg border bg-card p-2">
          <AccountBar name={actor.name} />
        </div>
      </div>
    </main>
  );
}
