"use client";
import { Check } from "lucide-react";
import { useRef } from "react";
import { Button } from "#app/_ui/button.tsx";
import { useFocusLeft } from "#app/_ui/focus-kept.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { ChangeGroup } from "#lib/core/change-groups.ts";
import { acceptAsIntended, takeBackIntended } from "../actions.ts";

/** New answers by kind: a kind that is as it should be is accepted at once, and becomes cases. */
export function IntendedChanges({ proposalId, groups }: { proposalId: string; groups: readonly ChangeGroup[] }) {
  const { run: takeBack } = useAction(takeBackIntended, {
    onDone: ({ cases }) =>
      toast.success(`${cases === 1 ? "The case is" : `The ${cases} cases are`} removed. The tests run again.`),
  });
  const called = useRef("");
  const { run, pending } = useAction(acceptAsIntended, {
    onDone: ({ cases }) => {
      const group = called.current;
      toast.success(
        `${cases} ${cases === 1 ? "answer is a case" : "answers are cases"} of the tool now. The tests run again.`,
        { action: { label: "Undo", onClick: () => takeBack({ id: proposalId, group }) } },
      );
    },
  });
  function accept(group: string): void {
    called.current = group;
    run({ id: proposalId, group });
  }
  const list = useRef<HTMLUListElement>(null);
  useFocusLeft(list);
  return (
    <ul ref={list} aria-label="Kinds of new answers" className="divide-y border-b bg-muted/40 text-13">
      {groups.map(({ name, label, cases }) => (
        <li key={name} className="flex items-center gap-2 px-3 py-1.5">
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {cases.length} × <span className="font-mono text-xs">{name}</span>
          </span>
          <Button size="sm" variant="outline" pending={pending} onClick={() => accept(name)}>
            {!pending && <Check aria-hidden />}
            {label === "changed" ? "Intended" : cases.length === 1 ? "It is right" : "All are right"}
          </Button>
        </li>
      ))}
    </ul>
  );
}
