"use client";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardAction, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { JsonView } from "#app/_ui/json-view.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Outcome } from "#lib/core/words.ts";
import { fieldClasses } from "../../../../_ui/input.tsx";
import { replay } from "../actions.ts";

type Answer = Extract<Awaited<ReturnType<typeof replay>>, { ok: true }>["value"];

/** Runs the call again on a version of its tool, its effects answered from the record, and says what came of it. */
export function Replay({
  id,
  versions,
  ranOn,
  active,
}: {
  id: string;
  /** Newest first. */
  versions: readonly number[];
  ranOn: number;
  active: number | null;
}) {
  const [version, setVersion] = useState(active ?? versions[0] ?? ranOn);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const { run, pending } = useAction(replay, { onDone: (value) => setAnswer(value) });
  const again = (): void => run({ id, version });
  useShortcut({ keys: "p", label: "Replay this call", group: "Execution", inPalette: true, run: again });
  return (
    <Card className="lg:col-span-2">
      <CardHeader>
        <CardTitle>Replay</CardTitle>
        <span className="text-muted-foreground text-xs">
          Effects are answered from the record: nothing outside is touched
        </span>
        <CardAction>
          <select
            aria-label="Version to replay on"
            className={`${fieldClasses} h-8 px-2`}
            value={version}
            onChange={(event) => setVersion(Number(event.target.value))}
          >
            {versions.map((number) => (
              <option key={number} value={number}>
                version {number}
                {number === active ? " (active)" : ""}
                {number === ranOn ? " (ran it)" : ""}
              </option>
            ))}
          </select>
          <Button variant="outline" pending={pending} onClick={again}>
            {!pending && <RotateCcw aria-hidden />}
            Replay
          </Button>
        </CardAction>
      </CardHeader>
      {answer !== null && (
        <CardContent aria-live="polite" className="grid grid-cols-[minmax(0,1fr)] gap-2 text-13">
          <p className="flex flex-wrap items-center gap-2">
            <Ending status={answer.status} />
            <span className={answer.same ? "text-success" : "text-warning"}>
              {answer.same
                ? `Version ${answer.version} ends as recorded.`
                : `Version ${answer.version} ends otherwise than recorded.`}
            </span>
            <span className="text-muted-foreground tabular-nums">{milliseconds(answer.latencyMs)}</span>
          </p>
          {answer.askedFor !== null && (
            <p className="[overflow-wrap:anywhere]">
              It asked for something that was not recorded, and was stopped there:{" "}
              <code className="font-mono text-xs">{inert(beginning(answer.askedFor, 500))}</code>
            </p>
          )}
          {answer.error !== null && <p className="[overflow-wrap:anywhere]">{inert(beginning(answer.error, 4_000))}</p>}
          {answer.output !== null && <JsonView value={answer.output} paths={answer.paths} highlight="after" />}
        </CardContent>
      )}
    </Card>
  );
}

function Ending({ status }: { status: Outcome | "diverged" }) {
  return status === "diverged" ? (
    <span className="font-medium text-warning">diverged</span>
  ) : (
    <OutcomeBadge value={status} />
  );
}
