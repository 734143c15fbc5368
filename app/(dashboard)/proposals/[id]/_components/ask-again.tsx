"use client";
import { Hammer } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "#app/_ui/button.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { askAgain } from "../actions.ts";

/** Has another fix written for the same problem; it reads what was said about this one. */
export function AskAgain({ opportunityId }: { opportunityId: string }) {
  const router = useRouter();
  const { run, pending } = useAction(askAgain, { onDone: ({ id }) => router.push(`/proposals/${id}`) });
  return (
    <Button variant="outline" size="sm" pending={pending} onClick={() => run({ id: opportunityId })}>
      <Hammer aria-hidden />
      Ask for a new fix
    </Button>
  );
}
