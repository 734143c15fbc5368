"use client";
import { RotateCw } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { testAgain } from "../actions.ts";

/** Runs the tests once more: there may be more traffic to replay by now. */
export function TestAgain({ proposalId, children = "Test again" }: { proposalId: string; children?: string }) {
  const { run, pending } = useAction(testAgain, { onDone: () => toast.success("The tests run.") });
  return (
    <Button
      variant="ghost"
      size="sm"
      className="text-muted-foreground"
      pending={pending}
      onClick={() => run({ id: proposalId })}
    >
      <RotateCw aria-hidden />
      {children}
    </Button>
  );
}
