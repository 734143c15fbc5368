"use client";
import { Check, Play, Trash2, X } from "lucide-react";
import { useState } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardAction, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { removeToolCase, runToolCases } from "../actions.ts";

type Case = { description: string; input: string; expected: string };
type Ran = { id: string | null; description: string; passed: boolean; status: string; got: string; latencyMs: number };

/** The cases of a tool, and how the active version does on them now. */
export function ToolCases({ tool, cases, mayRun }: { tool: string; cases: readonly Case[]; mayRun: boolean }) {
  const [ran, setRan] = useState<{ passed: number; total: number; version: number; items: readonly Ran[] } | null>(
    null,
  );
  const { run, pending } = useAction(runToolCases, { onDone: setRan });
  const removal = useAction(removeToolCase, {
    onDone: () => {
      toast.success("The case is removed. The execution that it was made of can make it again.");
      run({ name: tool });
    },
  });
  return (
    <Card className="xl:col-span-2">
      <CardHeader>
        <CardTitle>Test cases</CardTitle>
        <span className="text-muted-foreground text-xs" aria-live="polite">
          {ran === null ? cases.length : `${ran.passed} of ${ran.total} pass on version ${ran.version}`}
        </span>
        {!mayRun && cases.length > 0 && (
          <CardAction>
            <NotAllowed scope="operate">Running them</NotAllowed>
          </CardAction>
        )}
        {mayRun && cases.length > 0 && (
          <CardAction>
            <Button variant="outline" size="sm" pending={pending} onClick={() => run({ name: tool })}>
              {!pending && <Play aria-hidden />}
              Run the cases
            </Button>
          </CardAction>
        )}
      </CardHeader>
      {cases.length === 0 ? (
        <p className="px-4 py-5 text-13 text-muted-foreground">
          None. Make one from a recorded call, or write them into the file: without cases a person has to decide every
          change.
        </p>
      ) : (
        <ul className="divide-y">
          {cases.map((one, index) => {
            const result = ran?.items[index];
            return (
              <li key={one.description} className="px-4 py-2">
                <details>
                  <summary className="cursor-pointer text-13">
                    <span className="[overflow-wrap:anywhere]">{inert(one.description)}</span>
                    {result !== undefined && <Outcome passed={result.passed} className="ml-2" />}
                  </summary>
                  <div className="mt-2 grid gap-2 md:grid-cols-2">
                    <CodeBlock text={one.input} label="Input" />
                    <CodeBlock text={one.expected} label="Expected" />
                    {result !== undefined && !result.passed && (
                      <CodeBlock text={result.got} label={`Got (${result.status})`} />
                    )}
                  </div>
                </details>
              </li>
            );
          })}
          {ran?.items.slice(cases.length).map((kept) => (
            <li key={kept.id ?? kept.description} className="flex flex-wrap items-center gap-2 px-4 py-2 text-13">
              <span className="[overflow-wrap:anywhere]">{inert(kept.description)}</span>
              <span className="text-muted-foreground text-xs">kept from an execution</span>
              <Outcome passed={kept.passed} />
              {!kept.passed && <span className="font-mono text-xs [overflow-wrap:anywhere]">{kept.got}</span>}
              {kept.id !== null && (
                <RemoveButton
                  description={kept.description}
                  pending={removal.pending}
                  onClick={() => removal.run({ name: tool, id: String(kept.id) })}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function RemoveButton({ description, ...props }: { description: string; pending: boolean; onClick: () => void }) {
  return (
    <Button variant="ghost" size="sm" className="ml-auto" aria-label={`Remove the case ${description}`} {...props}>
      {!props.pending && <Trash2 aria-hidden />}
      Remove
    </Button>
  );
}

function Outcome({ passed, className }: { passed: boolean; className?: string }) {
  return (
    <Badge tone={passed ? "success" : "danger"} className={className}>
      {passed ? <Check aria-hidden /> : <X aria-hidden />}
      {passed ? "passes" : "does not pass"}
    </Badge>
  );
}
