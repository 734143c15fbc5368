"use client";
import { Play } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Difference, SideResult } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import { tryOwnInput } from "../actions.ts";
import { SidePair } from "./side-pair.tsx";

type Tried = { old: SideResult; new: SideResult; differences: Difference[] };

/** One input of the reviewer's own through both versions. Nothing outside is touched. */
export function TryInput({ proposalId, start, baseVersion }: { proposalId: string; start: Json; baseVersion: number }) {
  const field = useId();
  const [text, setText] = useState(() => JSON.stringify(start, null, 2));
  const [wrong, setWrong] = useState<string | null>(null);
  const [tried, setTried] = useState<Tried | null>(null);
  const { run, pending } = useAction(tryOwnInput, {
    onDone: (sides) => {
      setWrong(null);
      setTried(sides);
    },
    onRefused: ({ message }) => setWrong(message),
  });
  function submit(): void {
    try {
      run({ id: proposalId, input: JSON.parse(text) });
    } catch {
      setWrong('This is not JSON: write names and texts in double quotes, for example {"id": "A1"}.');
    }
  }
  return (
    <Card>
      <CardHeader>
        <CardTitle>
          <label htmlFor={field}>Try your own input</label>
        </CardTitle>
        <span className="text-muted-foreground text-xs">on both versions; nothing outside is touched</span>
      </CardHeader>
      <CardContent className="flex flex-col gap-2.5">
        <Textarea
          id={field}
          value={text}
          spellCheck={false}
          aria-invalid={wrong !== null || undefined}
          aria-describedby={wrong === null ? undefined : `${field}-wrong`}
          className="max-h-64 font-mono text-xs"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
            event.preventDefault();
            submit();
          }}
        />
        {wrong !== null && (
          <p id={`${field}-wrong`} role="alert" className="text-danger text-xs">
            {wrong}
          </p>
        )}
        <Button variant="outline" size="sm" className="self-start" pending={pending} onClick={submit}>
          <Play aria-hidden />
          Run on both
        </Button>
        {tried !== null && (
          <div aria-live="polite">
            <SidePair old={tried.old} fresh={tried.new} differences={tried.differences} baseVersion={baseVersion} />
          </div>
        )}
      </CardContent>
    </Card>
  );
}
