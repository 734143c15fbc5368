"use client";
import { Button } from "#app/_ui/button.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Comment } from "#lib/core/proposal.ts";
import { resolveComment } from "../actions.ts";

/** Says that a comment is dealt with, so that no later attempt is asked for it, or opens it again. */
export function ResolveButton({ proposalId, said }: { proposalId: string; said: Comment }) {
  const { run, pending } = useAction(resolveComment);
  const resolved = said.resolved === undefined;
  return (
    <Button
      variant="ghost"
      size="sm"
      pending={pending}
      title={resolved ? "Dealt with: the next attempt is not asked for it" : undefined}
      onClick={() => run({ id: proposalId, comment: said.id, resolved })}
    >
      {resolved ? "Resolve" : "Open again"}
      <span className="sr-only"> the comment of {said.actor.name}</span>
    </Button>
  );
}
