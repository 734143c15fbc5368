"use client";
import { RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "#app/_ui/button.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { proposeAgain } from "../actions.ts";

/** Enters a source that never came to a decision as a new proposal, against what runs now. */
export function ProposeAgain({
  children = "Propose it again",
  ...change
}: Parameters<typeof proposeAgain>[0] & { children?: string }) {
  const router = useRouter();
  const { run, pending } = useAction(proposeAgain, { onDone: ({ id }) => router.push(`/proposals/${id}`) });
  return (
    <Button variant="outline" size="sm" pending={pending} onClick={() => run(change)}>
      <RotateCcw aria-hidden />
      {children}
    </Button>
  );
}
