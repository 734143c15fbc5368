import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Callout } from "#app/_ui/callout.tsx";
import { ThemeToggle } from "#app/_ui/theme-toggle.tsx";
import { findContext } from "#app/context.ts";
import { sameSitePath } from "#lib/doors/access.ts";
import { SignInForm } from "./_components/sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ error?: string; next?: string | string[] }>;
}) {
  const { error, next: asked } = await searchParams;
  const next = sameSitePath(typeof asked === "string" ? asked : null);
  if ((await findContext()) !== null) redirect(next);
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="absolute top-3 right-3">
        <ThemeToggle />
      </div>
      <div className="flex w-full max-w-sm flex-col gap-5">
        <div className="flex flex-col items-start gap-3">
          <svg viewBox="0 0 24 24" className="size-9" aria-hidden="true">
            <rect x="2" y="15" width="20" height="5.5" rx="1.6" className="fill-muted-foreground/45" />
            <path d="M3.2 13.2 17.4 3.4c1.3-.9 3 .5 2.3 1.9l-2.2 4.6a6 6 0 0 1-5.4 3.4z" className="fill-primary" />
          </svg>
          <h1 className="font-semibold text-xl tracking-tight">Sign in to Whetstone</h1>
        </div>
        {error === "link" && (
          <Callout tone="warning" title="That link was used already, or is older than ten minutes.">
            <code className="font-mono text-xs">npx whetstone sign-in</code>, in the folder of the program, makes a new
            one; or paste a key.
          </Callout>
        )}
        {error === "session" && (
          <Callout tone="warning" title="You are no longer signed in.">
            The session has ended, or its key was taken back. Sign in again to go on.
          </Callout>
        )}
        <SignInForm next={next} />
        <div className="flex flex-col gap-2 border-t pt-4 text-13 text-muted-foreground">
          <p>
            <strong className="font-medium text-foreground">With the link:</strong> the terminal that runs{" "}
            <code className="font-mono text-xs">npm start</code> printed one. It works once;{" "}
            <code className="font-mono text-xs">npx whetstone sign-in</code> makes another.
          </p>
          <p>
            <strong className="font-medium text-foreground">With a key:</strong> the first one is in the file{" "}
            <code className="whitespace-nowrap font-mono text-xs">.whetstone/admin-key</code> beside the program. Others
            are made in the settings.
          </p>
        </div>
      </div>
    </main>
  );
}
