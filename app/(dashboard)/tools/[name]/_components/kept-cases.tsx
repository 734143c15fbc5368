"use client";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { CaseRun } from "#lib/core/case-run.ts";
import type { KeptCase } from "#lib/queries/kept-cases.ts";
import { putToolCaseBack, putToolCasesBack, removeToolCase, removeToolCases } from "../actions.ts";
import { CaseOutcome } from "./case-outcome.tsx";

type Results = CaseRun["items"];
/** What is asked before it is done, because it cannot be undone. */
type Asked = { readonly title: string; readonly effect: string; readonly button: string; readonly onYes: () => void };

/** Of one description, more than these are folded. */
const MOST_UNFOLDED = 5;

/** The cases that people made of executions: those of one description under one heading, each with its way to be removed. */
export function KeptCases({
  tool,
  cases,
  results,
  mayRemove,
}: {
  tool: string;
  cases: readonly KeptCase[];
  results: Results;
  mayRemove: boolean;
}) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [going, setGoing] = useState("");
  const back = useAction(putToolCaseBack, { onDone: () => toast.success("The case is back.") });
  const one = useAction(removeToolCase, {
    onDone: (wayBack) =>
      toast.success("The case is removed.", {
        ...(wayBack === null
          ? {}
          : {
              action: { label: "Undo", onClick: () => back.run(wayBack) },
              description: (
                <Link href={`/executions/${wayBack.id}`} className="text-link hover:underline">
                  Open the execution that it was made of
                </Link>
              ),
            }),
      }),
  });
  const allBack = useAction(putToolCasesBack, { onDone: () => toast.success("The cases are back.") });
  const many = useAction(removeToolCases, {
    onDone: (ways) =>
      toast.success("The cases are removed.", {
        ...(ways.length > 0 && { action: { label: "Undo", onClick: () => allBack.run(ways) } }),
      }),
  });

  function remove(kept: KeptCase): void {
    const removeIt = () => {
      setGoing(kept.id);
      one.run({ name: tool, id: kept.id });
    };
    if (kept.restorable) removeIt();
    else
      setAsked({
        title: `Remove the case “${inert(kept.description)}”?`,
        effect: `Input: ${inert(kept.short)}. ${
          kept.executionId === null
            ? "The execution that it was made of is no longer on record, so it cannot be put back."
            : "Its execution does not make the same case again by itself, so the removal cannot be undone."
        }`,
        button: "Remove it",
        onYes: removeIt,
      });
  }

  function removeAll(description: string, group: readonly KeptCase[]): void {
    const lost = group.filter(({ restorable }) => !restorable).length;
    const way =
      lost === 0
        ? "the notice can bring them back"
        : lost === group.length
          ? "this cannot be undone"
          : `the notice can bring them back, but for ${lost}`;
    setAsked({
      title: `Remove all ${group.length} cases?`,
      effect: `“${inert(description)}”: all ${group.length} are removed; ${way}. What waits for its review is tested again without them.`,
      button: `Remove all ${group.length}`,
      onYes: () => {
        setGoing(description);
        many.run({ name: tool, ids: group.map(({ id }) => id) });
      },
    });
  }

  const rowOf = (kept: KeptCase, grouped: boolean) => (
    <KeptCaseRow
      key={kept.id}
      kept={kept}
      grouped={grouped}
      result={results.find(({ id }) => id === kept.id)}
      {...(mayRemove ? { onRemove: () => remove(kept) } : {})}
      pending={one.pending && going === kept.id}
    />
  );
  return (
    <>
      {[...Map.groupBy(cases, ({ description }) => description)].map(([description, group]) =>
        group.length === 1 ? (
          group.map((kept) => rowOf(kept, false))
        ) : (
          <li key={description} className="flex items-start gap-2 px-4 py-2 text-13">
            <details className="min-w-0 flex-1" open={group.length <= MOST_UNFOLDED}>
              <summary className="cursor-pointer">
                <span className="[overflow-wrap:anywhere]">
                  {group.length} × {inert(description)}
                </span>
                <span className="ml-2 text-muted-foreground text-xs">kept from executions</span>
                <GroupOutcome group={group} results={results} />
              </summary>
              <div className="mt-2 rounded-md border">
                {mayRemove && (
                  <p className="flex justify-end border-b px-2 py-1">
                    <Button
                      variant="ghost"
                      size="sm"
                      pending={many.pending && going === description}
                      onClick={() => removeAll(description, group)}
                    >
                      {!(many.pending && going === description) && <Trash2 aria-hidden />}
                      Remove all {group.length}
                    </Button>
                  </p>
                )}
                <ul aria-label={`Cases: ${inert(description)}`} className="divide-y">
                  {group.map((kept) => rowOf(kept, true))}
                </ul>
              </div>
            </details>
          </li>
        ),
      )}
      {asked !== null && <AskedQuestion {...asked} onClose={() => setAsked(null)} />}
    </>
  );
}

/** A folded group still says where it does not pass. */
function GroupOutcome({ group, results }: { group: readonly KeptCase[]; results: Results }) {
  const ran = results.filter(({ id }) => group.some((kept) => kept.id === id));
  if (ran.length === 0) return null;
  const passed = ran.filter((result) => result.passed).length;
  return (
    <CaseOutcome passed={passed === ran.length} className="ml-2">
      {passed} of {ran.length} pass
    </CaseOutcome>
  );
}

function KeptCaseRow({
  kept,
  grouped,
  result,
  onRemove,
  pending,
}: {
  kept: KeptCase;
  /** Under a heading that has its description. */
  grouped: boolean;
  result: Results[number] | undefined;
  onRemove?: () => void;
  pending: boolean;
}) {
  const { description, short, input, expected, executionId } = kept;
  return (
    <li className={`flex items-start gap-2 py-1.5 text-13 ${grouped ? "px-2" : "px-4"}`}>
      <details className="min-w-0 flex-1 py-1">
        <summary className="cursor-pointer">
          {!grouped && (
            <>
              <span className="[overflow-wrap:anywhere]">{inert(description)}</span>
              <span className="mx-2 text-muted-foreground text-xs">kept from an execution</span>
            </>
          )}
          {/* Inline, so that the mark that opens it stays on its line. */}
          <span className="inline-block max-w-[85%] truncate align-bottom font-mono text-xs">{inert(short)}</span>
          {result !== undefined && <CaseOutcome passed={result.passed} className="ml-2" />}
        </summary>
        <div className="mt-2 grid gap-2 md:grid-cols-2">
          <CodeBlock text={input} label="Input" />
          <CodeBlock text={expected} label="Expected" />
          {result?.got !== undefined && <CodeBlock text={result.got} label={`Got (${result.status})`} />}
        </div>
        <p className="mt-2 text-xs">
          {executionId === null ? (
            <span className="text-muted-foreground">The execution that it was made of is no longer on record.</span>
          ) : (
            <Link href={`/executions/${executionId}`} className="text-link hover:underline">
              Open the execution
            </Link>
          )}
        </p>
      </details>
      {onRemove !== undefined && (
        <Button
          variant="ghost"
          size="sm"
          aria-label={`Remove the case ${inert(beginning(short, 80))}`}
          pending={pending}
          onClick={onRemove}
        >
          {!pending && <Trash2 aria-hidden />}
          <span className="max-sm:hidden">Remove</span>
        </Button>
      )}
    </li>
  );
}
