import { Card, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Link } from "#app/_ui/link.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { Execution } from "#lib/core/execution.ts";
import type { OpportunityPageView } from "#lib/queries/opportunity-page.ts";

/** Answers that callers asked for again, each with what was asked next: their pages take the word, right or wrong. */
export function AskedAgainExamples({ of }: { of: OpportunityPageView["examples"] }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Are these answers right?</CardTitle>
        <span className="text-muted-foreground text-xs">the newest {of.length}</span>
      </CardHeader>
      <ul className="divide-y">
        {of.map(({ first, next }) => (
          <li key={first.id} className="grid gap-1 px-4 py-3 text-13">
            <p className="flex flex-wrap items-center gap-x-3 text-muted-foreground text-xs">
              <span>{first.caller}</span>
              <RelativeTime at={first.startedAt} />
              <Link href={`/executions/${first.id}`} className="ml-auto text-link underline">
                open the answer and say right or wrong
              </Link>
            </p>
            <Line label="asked">{first.input}</Line>
            <Line label="answered">{first.output ?? null}</Line>
            {next !== null && (
              <>
                <Line label="asked next">{next.input}</Line>
                <p className="text-muted-foreground text-xs">
                  {((next.startedAt.getTime() - first.startedAt.getTime()) / 1000).toFixed(0)} s later ·{" "}
                  <Link href={`/executions/${next.id}`} className="text-link underline">
                    open the next call
                  </Link>
                </p>
              </>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

const LONGEST = 300;

function Line({ label, children }: { label: string; children: Execution["input"] }) {
  const text = JSON.stringify(children);
  return (
    <p className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-2">
      <span className="text-muted-foreground">{label}</span>
      <code className="font-mono text-xs [overflow-wrap:anywhere]">
        {text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text}
      </code>
    </p>
  );
}
