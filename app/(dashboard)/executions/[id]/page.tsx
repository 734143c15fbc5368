import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { beginning, displayable } from "#app/_ui/displayable.ts";
import { JsonView } from "#app/_ui/json-view.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import type { Execution } from "#lib/core/execution.ts";
import { isProblem } from "#lib/core/problem.ts";
import type { Effect } from "#lib/core/tool.ts";
import { showExecution } from "#lib/queries/executions.ts";
import { ExecutionActions } from "./_components/execution-actions.tsx";

export const metadata: Metadata = { title: "Execution" };

async function read(id: string): Promise<Execution> {
  try {
    return displayable(await showExecution(await getContext(), { id }));
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
}

function EffectRow({ effect, position }: { effect: Effect; position: number }) {
  return (
    <li className="px-4 py-2">
      <details>
        <summary className="flex cursor-pointer items-center gap-3 text-13">
          <span className="text-muted-foreground tabular-nums">{position}</span>
          <span className="font-medium">{effect.kind}</span>
          <span className="min-w-0 flex-1 truncate font-mono text-muted-foreground text-xs">
            {JSON.stringify(effect.request)}
          </span>
          {effect.error !== undefined && <span className="text-danger">{effect.error.name}</span>}
          <span className="text-muted-foreground text-xs tabular-nums">
            {effect.startedMs.toFixed(1)}–{effect.endedMs.toFixed(1)} ms
          </span>
        </summary>
        <div className="mt-2 grid gap-2 md:grid-cols-2">
          <CodeBlock text={JSON.stringify(effect.request, null, 2)} label="Asked" />
          <CodeBlock
            text={
              effect.error === undefined
                ? JSON.stringify(effect.response ?? null, null, 2)
                : `${effect.error.name}: ${effect.error.message}`
            }
            label="Answered"
          />
        </div>
      </details>
    </li>
  );
}

export default async function ExecutionPage({ params }: { params: Promise<{ id: string }> }) {
  const execution = await read((await params).id);
  const context = await getContext();
  const feedback = (await context.database.executions.feedback(execution.tool)).find(
    ({ executionId }) => executionId === execution.id,
  );
  return (
    <>
      <PageHeader
        title={`A call of ${execution.tool}`}
        description={
          <>
            <Link href={`/tools/${execution.tool}`} className="text-link underline">
              {execution.tool}
            </Link>{" "}
            version {execution.version} · {execution.latencyMs.toFixed(2)} ms · by {execution.caller} ·{" "}
            <RelativeTime at={execution.startedAt} />
          </>
        }
        actions={
          <ExecutionActions
            id={execution.id}
            description={
              execution.error === undefined ? "" : `answers ${beginning(JSON.stringify(execution.input), 80)}`
            }
            output={execution.output === undefined ? null : JSON.stringify(execution.output, null, 2)}
            errorCode={execution.error?.code ?? null}
          />
        }
      >
        <div className="flex flex-wrap items-center gap-2 pt-1 text-13">
          <OutcomeBadge value={execution.status} size="lg" />
          {feedback !== undefined && (
            <span className={feedback.correct ? "text-success" : "text-danger"}>
              Marked as {feedback.correct ? "right" : "wrong"}
              {feedback.note ? `: ${feedback.note}` : ""}
            </span>
          )}
        </div>
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card>
          <CardHeader>
            <CardTitle>Input</CardTitle>
          </CardHeader>
          <CardContent>
            <JsonView value={execution.input} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{execution.error === undefined ? "Output" : "Error"}</CardTitle>
          </CardHeader>
          <CardContent className="grid gap-3">
            {execution.error !== undefined && (
              <div className="text-13">
                <p className="font-medium">{execution.error.code ?? execution.error.name}</p>
                <p className="[overflow-wrap:anywhere]">{execution.error.message}</p>
              </div>
            )}
            {execution.error !== undefined && execution.error.stack !== "" && (
              <CodeBlock text={execution.error.stack} label="Stack" copy />
            )}
            {execution.output !== undefined && <JsonView value={execution.output} />}
          </CardContent>
        </Card>
        <Card className="lg:col-span-2">
          <CardHeader>
            <CardTitle>Effects</CardTitle>
            <span className="text-muted-foreground text-xs">
              {execution.effects.length}, in the order in which they ended
            </span>
          </CardHeader>
          {execution.effects.length === 0 ? (
            <p className="px-4 py-5 text-13 text-muted-foreground">None: the call touched nothing outside.</p>
          ) : (
            <ol className="divide-y">
              {execution.effects.map((effect, index) => (
                <EffectRow key={effect.call} effect={effect} position={index + 1} />
              ))}
            </ol>
          )}
        </Card>
        <Card className="lg:col-span-2">
          <CardContent className="flex flex-wrap gap-x-6 gap-y-1 text-13 text-muted-foreground">
            <span>
              id <code className="font-mono text-xs">{execution.id}</code>
            </span>
            {execution.traceId !== undefined && (
              <span>
                trace <code className="font-mono text-xs">{execution.traceId}</code>
              </span>
            )}
            {execution.cluster !== undefined && (
              <Link
                href={`/executions?${new URLSearchParams({ tool: execution.tool, cluster: execution.cluster })}`}
                className="text-link hover:underline"
              >
                Calls that failed the same way
              </Link>
            )}
          </CardContent>
        </Card>
      </div>
    </>
  );
}
