"use client";
import { GitMerge } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { MergeConflict } from "../../../sync/_components/merge-dialog.tsx";
import { MergeDialog } from "../../../sync/_components/merge-dialog-on-demand.ts";
import { mergeOntoActive } from "../actions.ts";

/** Carries a stale proposal over to the version that runs now; what both changed is put together in three panes. */
export function MergeStale({ id, number, tool, active }: { id: string; number: number; tool: string; active: number }) {
  const router = useRouter();
  const [conflict, setConflict] = useState<MergeConflict | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { run, pending } = useAction(mergeOntoActive, {
    onDone: (made) => {
      setConflict(null);
      toast.success(`Proposal ${made.number} holds the merge and is being tested.`);
      router.push(`/proposals/${made.id}`);
    },
    onRefused: ({ message, details }) => {
      const { regions, sides } = details as Partial<MergeConflict>;
      if (regions !== undefined && sides !== undefined) setConflict({ regions, sides });
      else if (conflict !== null) setRefusal(message);
      else toast.error(message);
    },
  });
  return (
    <>
      <Button size="sm" pending={pending && conflict === null} onClick={() => run({ id })}>
        <GitMerge aria-hidden />
        Merge onto v{active}
      </Button>
      {conflict !== null && (
        <MergeDialog
          name={tool}
          conflict={conflict}
          pending={pending}
          refusal={refusal}
          words={{
            title: `Merge proposal ${number} onto version ${active}`,
            description:
              "Both changed the same lines. The rest is merged already: choose for each conflict, or edit the result. It becomes a new proposal and is tested.",
            offers: { disk: "Take the proposal", database: `Take version ${active}`, both: "Take both" },
            sides: { disk: `Proposal ${number}`, database: `Version ${active}` },
            marks: { disk: `proposal ${number}`, database: `version ${active}` },
            button: "Test the result",
          }}
          onTake={(source) => run({ id, source })}
          onClose={() => setConflict(null)}
        />
      )}
    </>
  );
}
