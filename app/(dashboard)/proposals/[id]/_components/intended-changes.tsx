"use client";
import { Check } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { ChangeGroup } from "#lib/core/change-groups.ts";
import { acceptAsIntended } from "../actions.ts";

/** The changed answers by where they changed: a kind of change that is wanted is accepted at once, and becomes cases. */
export function IntendedChanges({ proposalId, groups }: { proposalId: string; groups: readonly ChangeGroup[] }) {
  const { run, pending } = useAction(acceptAsIntended, {
    onDone: ({ cases }) =>
      toast.success(
        `${cases} ${cases === 1 ? "answer is a case" : "answers are cases"} of the tool now. The tests run again.`,
      ),
  });
  return (
    <ul aria-label="Kinds of changes" className="divide-y border-b bg-muted/40 text-13">
      {groups.map(({ name, cases }) => (
        <li key={name} className="flex items-center gap-2 px-3 py-1.5">
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {cases.length} × <span className="font-mono text-xs">{name}</span>
          </span>
          <Button size="sm" variant="outline" pending={pending} onClick={() => run({ id: proposalId, group: name })}>
            {!pending && <Check aria-hidden />}
            Intended
          </Button>
        </li>
      ))}
    </ul>
  );
}
