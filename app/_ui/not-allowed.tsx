import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { Scope } from "#lib/core/words.ts";
import { cn } from "./cn.ts";

/** What each permission of a key lets its holder do, in words that follow "may". */
export const SCOPE_WORDS: Record<Scope, string> = {
  read: "see everything",
  call: "call tools",
  operate: "detect, propose, test",
  approve: "approve changes",
  deploy: "deploy and roll back",
  admin: "do everything, settings too",
};

/** Stands in the place of what the caller may not do, so that no button is dead: what it is, and which permission it takes. */
export function NotAllowed({ scope, children, className }: { scope: Scope; children: ReactNode; className?: string }) {
  return (
    <p className={cn("flex max-w-md items-start gap-1.5 text-13 text-muted-foreground", className)}>
      <Lock className="mt-0.5 size-3.5 shrink-0" aria-hidden />
      <span>
        {children} takes a key that may “{SCOPE_WORDS[scope]}”; yours may not.
      </span>
    </p>
  );
}
