"use client";
import { type ReactNode, useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Choice } from "#app/_ui/choice.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { useFollowed } from "#app/_ui/use-followed.ts";
import type { OpportunityState } from "#lib/core/words.ts";
import { type Kept, useUndoableChange } from "./use-undoable-change.ts";

const HOUR_MS = 3_600_000;
const SNOOZES = [
  ["1", "an hour"],
  ["24", "a day"],
  ["168", "a week"],
] as const;

/** Assign, snooze, dismiss with a reason, open again; each with an undo. */
export function PutAside({
  id,
  tool,
  state,
  assignee,
  note,
  snoozedUntil,
  me,
}: {
  id: string;
  tool: string;
  state: OpportunityState;
  assignee: string;
  note: string;
  snoozedUntil: Date | null;
  /** Whoever looks at the page. */
  me: string;
}) {
  const field = useId();
  const [who, setWho] = useFollowed(assignee);
  // Why it stands as it does is no reason for what is done next.
  const [why, setWhy] = useState("");
  const [hours, setHours] = useState<(typeof SNOOZES)[number][0]>("24");
  const kept: Kept = { state, assignee, note, snoozedUntil };
  const { run, pending } = useUndoableChange(id, tool, kept);
  const aside = state === "dismissed" || state === "snoozed" || state === "resolved";
  const [wasAside, setWasAside] = useState(aside);
  if (wasAside !== aside) {
    setWasAside(aside);
    setWhy("");
  }
  return (
    <Card>
      <CardHeader>
        <CardTitle>Put aside, assign</CardTitle>
      </CardHeader>
      <CardContent className="grid gap-3 text-13">
        <div className="grid gap-1">
          <Label htmlFor={`${field}-who`}>Assigned to</Label>
          <form
            className="flex flex-wrap gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              const name = who.trim();
              if (name !== assignee)
                run(
                  { assignee: name === "" ? null : name },
                  name === "" ? "Assigned to nobody." : `Assigned to ${name}.`,
                );
            }}
          >
            <Input
              id={`${field}-who`}
              value={who}
              placeholder="nobody"
              maxLength={200}
              className="min-w-32 flex-1"
              onChange={(event) => setWho(event.target.value)}
            />
            {/* Not shut while something else is under way: a shut button lets Enter fall through without a word. */}
            <Button type="submit" variant="outline" disabled={who.trim() === assignee}>
              Assign
            </Button>
            {assignee !== me && (
              <Button
                type="button"
                variant="outline"
                disabled={pending}
                onClick={() => run({ assignee: me }, `Assigned to ${me}.`)}
              >
                To me
              </Button>
            )}
          </form>
        </div>
        {aside ? (
          <>
            <p className="[overflow-wrap:anywhere]">
              <PutAsideWords state={state} until={snoozedUntil} />
              {note !== "" && <span className="text-muted-foreground"> Why: {note}</span>}
            </p>
            <div>
              <Button variant="outline" disabled={pending} onClick={() => run({ state: "open" }, "Open again.")}>
                Open again
              </Button>
            </div>
          </>
        ) : (
          <>
            {note !== "" && (
              <p className="text-muted-foreground [overflow-wrap:anywhere]">{note.replace(/\.$/, "")}.</p>
            )}
            <div className="grid gap-1">
              <Label htmlFor={`${field}-why`}>Why</Label>
              <Input
                id={`${field}-why`}
                value={why}
                placeholder="by design, known, …"
                aria-describedby={`${field}-what`}
                onChange={(event) => setWhy(event.target.value)}
              />
              <p id={`${field}-what`} className="text-muted-foreground text-xs">
                Dismissing needs it. A dismissed problem comes back only with failures of another kind, a suspicion with
                an answer that is known to be wrong; a snoozed one when its time is up.
              </p>
            </div>
            <div className="flex flex-wrap items-center gap-2">
              <Button
                variant="outline"
                disabled={pending}
                onClick={() =>
                  run(
                    {
                      state: "snoozed",
                      snoozedUntil: new Date(Date.now() + Number(hours) * HOUR_MS).toISOString(),
                      note: why.trim(),
                    },
                    `Snoozed for ${SNOOZES.find(([one]) => one === hours)?.[1]}.`,
                  )
                }
              >
                Snooze for
              </Button>
              <Choice
                label="Snooze for how long"
                value={hours}
                options={SNOOZES}
                onChange={setHours}
                className="w-28"
              />
              <Button
                variant="outline"
                disabled={pending || why.trim() === ""}
                onClick={() => run({ state: "dismissed", note: why.trim() }, "Dismissed.")}
              >
                Dismiss
              </Button>
            </div>
          </>
        )}
      </CardContent>
    </Card>
  );
}

function PutAsideWords({ state, until }: { state: OpportunityState; until: Date | null }): ReactNode {
  if (state === "snoozed" && until !== null)
    return (
      <>
        Snoozed, back <RelativeTime at={until} />.
      </>
    );
  return state === "dismissed" ? "Dismissed." : "Resolved: it is healthy again.";
}
