"use client";
import { Play } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardAction, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { CaseRuns } from "#lib/queries/case-runs.ts";
import { startToolCases } from "../actions.ts";
import { CaseOutcome } from "./case-outcome.tsx";
import { CaseRunRow } from "./case-run.tsx";
import { KeptCases } from "./kept-cases.tsx";

type Case = { description: string; input: string; expected: string };

/** The cases of a tool, how the active version did on them last, and a run of them while it is under way. */
export function ToolCases({
  tool,
  activeVersion,
  cases,
  runs: { job, last, kept },
  mayRun,
}: {
  tool: string;
  activeVersion: number | null;
  cases: readonly Case[];
  runs: CaseRuns;
  mayRun: boolean;
}) {
  const { run, pending } = useAction(startToolCases);
  // What another version answered says nothing of the one that answers now.
  const results = last?.run.version === activeVersion ? last.run.items : [];
  const written = results.filter((one) => !one.kept);
  const running = job?.state === "queued" || job?.state === "running";
  const count = cases.length + kept.length;
  return (
    <Card className="xl:col-span-2">
      <CardHeader className="flex-wrap">
        <CardTitle>Test cases</CardTitle>
        <span className="text-muted-foreground text-xs" aria-live="polite">
          {last === null ? (
            `${count}${count === 0 ? "" : ", no result yet"}`
          ) : (
            <>
              {last.run.passed} of {last.run.total} run passed on version {last.run.version}, run{" "}
              <RelativeTime at={last.at} />
              {last.run.version !== activeVersion
                ? `; version ${activeVersion} answers now`
                : count > last.run.total && `; ${count - last.run.total} more were added since`}
            </>
          )}
        </span>
        {count > 0 && (
          <CardAction>
            {!mayRun ? (
              <NotAllowed scope="operate">Running them</NotAllowed>
            ) : (
              !running && (
                <Button variant="outline" size="sm" pending={pending} onClick={() => run({ name: tool })}>
                  {!pending && <Play aria-hidden />}
                  Run the cases
                </Button>
              )
            )}
          </CardAction>
        )}
      </CardHeader>
      {job !== null && <CaseRunRow job={job} mayRun={mayRun} />}
      {count === 0 ? (
        <p className="px-4 py-5 text-13 text-muted-foreground">
          None. Make one from a recorded call, or write them into the file: without cases a person has to decide every
          change.
        </p>
      ) : (
        <ul className="divide-y">
          {cases.map((one, index) => {
            const result = written[index];
            return (
              <li key={one.description} className="px-4 py-2">
                <details>
                  <summary className="cursor-pointer text-13">
                    <span className="[overflow-wrap:anywhere]">{inert(one.description)}</span>
                    {result !== undefined && <CaseOutcome passed={result.passed} className="ml-2" />}
                  </summary>
                  <div className="mt-2 grid gap-2 md:grid-cols-2">
                    <CodeBlock text={one.input} label="Input" />
                    <CodeBlock text={one.expected} label="Expected" />
                    {result?.got !== undefined && <CodeBlock text={result.got} label={`Got (${result.status})`} />}
                  </div>
                </details>
              </li>
            );
          })}
          <KeptCases tool={tool} cases={kept} results={results} mayRemove={mayRun} />
        </ul>
      )}
    </Card>
  );
}
