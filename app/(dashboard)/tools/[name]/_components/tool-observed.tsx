import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Link } from "#app/_ui/link.tsx";
import { RERUN } from "#lib/core/observation.ts";
import type { ToolDetail } from "#lib/queries/tools.ts";

const WORDS: Record<string, string> = {
  "kv.get": "read its store",
  "kv.set": "wrote to its store",
  "kv.delete": "deleted from its store",
  now: "read the clock",
  random: "drew chance",
  uuid: "made an id",
  secret: "used a secret",
  log: "wrote to its log",
};

function inWords(what: string): string {
  return WORDS[what] ?? (what.startsWith("fetch ") ? `sent ${what.slice("fetch ".length)} requests` : what);
}

/** What the active version was seen doing, beside what it declares. */
export function ToolObserved({ tool }: { tool: ToolDetail }) {
  const { observed, contradictions } = tool;
  const reruns = observed.filter(({ what }) => what.startsWith("rerun "));
  const effects = observed.filter(({ what }) => !what.startsWith("rerun "));
  const total = reruns.reduce((sum, { times }) => sum + times, 0);
  const otherwise = reruns.filter(({ what }) => what !== RERUN.same);
  return (
    <Card className="xl:col-span-2">
      <CardHeader>
        <CardTitle>What was observed</CardTitle>
        <span className="text-muted-foreground text-xs">version {tool.activeVersion ?? "none"}</span>
      </CardHeader>
      <CardContent className="space-y-3 text-13">
        {contradictions.length === 0 ? (
          <p>Nothing that was seen contradicts what it declares.</p>
        ) : (
          <ul className="list-disc space-y-1 pl-5 text-warning">
            {contradictions.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
        <p className="text-muted-foreground">
          {effects.length === 0 ? (
            "No use of ctx was seen."
          ) : (
            <>
              Its calls{" "}
              {effects.map(({ what, executionId }, at) => (
                <span key={what}>
                  {at > 0 && ", "}
                  <Link className="underline underline-offset-2" href={`/executions/${executionId}`}>
                    {inWords(what)}
                  </Link>
                </span>
              ))}
              . All of it is on record, so that calls can be replayed.
            </>
          )}
        </p>
        <p className="text-muted-foreground">
          {total === 0
            ? "About one call in a hundred is run again in a fresh context; none was yet."
            : `Run again in a fresh context: ${total} ${total === 1 ? "call" : "calls"}, ${total - otherwise.reduce((sum, { times }) => sum + times, 0)} ended as recorded.`}
          {otherwise.map(({ what, detail, executionId }) => (
            <span key={what}>
              {" "}
              <Link className="underline underline-offset-2" href={`/executions/${executionId}`}>
                The last that did not
              </Link>
              : {detail}.
            </span>
          ))}
        </p>
      </CardContent>
    </Card>
  );
}
