"use client";
import { useId, useState } from "react";
import { toast } from "sonner";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { OpportunityState } from "#lib/core/words.ts";
import { change } from "../../actions.ts";

/** Assign, snooze, dismiss with a reason, open again. */
export function PutAside({
  id,
  state,
  assignee,
  note,
}: {
  id: string;
  state: OpportunityState;
  assignee: string;
  note: string;
}) {
  const field = useId();
  const [who, setWho] = useState(assignee);
  const [why, setWhy] = useState(note);
  const { run, pending } = useAction(change, {
    onDone: ({ state: now }) => toast.success(`Saved: ${now.replaceAll("_", " ")}.`),
  });
  const aside = state === "dismissed" || state === "snoozed" || state === "resolved";
  return (
    <Card>
      <CardHeader>
        <CardTitle>Put aside, assign</CardTitle>
      </CardHeader>
      <CardContent className="grid gap-3 text-13">
        <div className="grid gap-1">
          <Label htmlFor={`${field}-who`}>Assigned to</Label>
          <div className="flex gap-2">
            <Input
              id={`${field}-who`}
              value={who}
              placeholder="nobody"
              onChange={(event) => setWho(event.target.value)}
            />
            <Button
              variant="outline"
              disabled={pending || who === assignee}
              onClick={() => run({ id, assignee: who.trim() === "" ? null : who })}
            >
              Assign
            </Button>
          </div>
        </div>
        <div className="grid gap-1">
          <Label htmlFor={`${field}-why`}>Why</Label>
          <Input
            id={`${field}-why`}
            value={why}
            placeholder="by design, known, …"
            onChange={(event) => setWhy(event.target.value)}
          />
        </div>
        <div className="flex flex-wrap gap-2">
          {aside ? (
            <Button variant="outline" disabled={pending} onClick={() => run({ id, state: "open" })}>
              Open again
            </Button>
          ) : (
            <>
              <Button
                variant="outline"
                disabled={pending}
                onClick={() => run({ id, state: "snoozed", ...(why.trim() === "" ? {} : { note: why }) })}
              >
                Snooze a day
              </Button>
              <Button
                variant="outline"
                disabled={pending || why.trim() === ""}
                onClick={() => run({ id, state: "dismissed", note: why })}
              >
                Dismiss
              </Button>
            </>
          )}
        </div>
      </CardContent>
    </Card>
  );
}
