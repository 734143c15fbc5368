import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { CopyButton } from "#app/_ui/copy-button.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { JsonView } from "#app/_ui/json-view.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { isProblem } from "#lib/core/problem.ts";
import { keepsInput, type Recording } from "#lib/core/recording.ts";
import { inWords } from "#lib/core/words.ts";
import { type ExecutionDetail, showExecution } from "#lib/queries/executions.ts";
import { EffectList } from "../../_components/effect-list.tsx";
import { ExecutionActions } from "./_components/execution-actions.tsx";
import { Replay } from "./_components/replay.tsx";
import { WholeValue } from "./_components/whole-value.tsx";

type Params = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  const { tool, status } = await read((await params).id);
  return { title: `${inert(tool)}: ${inWords(status)}, a call` };
}

const NOT_ON_RECORD: Record<Exclude<Recording, "full">, string> = {
  redacted: "Recorded without the values of sensitive fields",
  shape: "Recorded as kinds of values in place of the values, so it cannot run again",
  off: "Recorded without its values, so it cannot run again",
};

/** In the place of a value that is not on record. */
function NotRecorded({ what }: { what: string }) {
  return <p className="text-13 text-muted-foreground">Not recorded: {what}</p>;
}

const read = cache(async (id: string): Promise<ExecutionDetail> => {
  try {
    return await showExecution(await getContext(), { id });
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
});

export default async function ExecutionPage({ params }: Params) {
  const execution = await read((await params).id);
  const context = await getContext();
  const mayOperate = holds(context.caller, "operate");
  const [tool, versions] = await Promise.all([
    context.database.tools.find(execution.tool),
    context.database.versions.hashes(execution.tool),
  ]);
  const { feedback, earlierFeedback = [] } = execution;
  const off = execution.recording === "off";
  const kinds = execution.recording === "shape";
  return (
    <>
      <PageHeader
        title={`A call of ${execution.tool}`}
        description={
          <>
            <Link href={`/tools/${execution.tool}`} className="text-link underline">
              {execution.tool}
            </Link>{" "}
            version {execution.version} · {milliseconds(execution.latencyMs)} · by {inert(execution.caller)} ·{" "}
            <RelativeTime at={execution.startedAt} />
          </>
        }
        actions={
          <ExecutionActions
            maySay={holds(context.caller, "call")}
            mayKeep={mayOperate}
            rejected={execution.status === "rejected"}
            recorded={keepsInput(execution)}
            id={execution.id}
            description={
              execution.error === undefined ? "" : `answers ${beginning(JSON.stringify(execution.input), 80)}`
            }
            output={execution.output === undefined ? null : JSON.stringify(execution.output, null, 2)}
            errorCode={execution.error?.code ?? null}
            markedWrong={feedback === undefined || feedback.correct ? null : inert(feedback.actor.name)}
          />
        }
      >
        <div className="flex flex-wrap items-center gap-2 pt-1 text-13">
          <OutcomeBadge value={execution.status} size="lg" />
          {execution.recording !== undefined && (
            <span className="text-muted-foreground">{NOT_ON_RECORD[execution.recording]}</span>
          )}
          {feedback !== undefined && (
            <span className={`min-w-0 wrap-anywhere ${feedback.correct ? "text-success" : "text-danger"}`}>
              Marked as {feedback.correct ? "right" : "wrong"} by {inert(feedback.actor.name)}{" "}
              <RelativeTime at={feedback.createdAt} />
              {feedback.note ? `: ${inert(feedback.note)}` : ""}
            </span>
          )}
          {earlierFeedback.map(({ correct, actor, createdAt, note, expectedOutput }) => (
            <span key={createdAt.getTime()} className="w-full text-muted-foreground wrap-anywhere">
              Before: marked as {correct ? "right" : "wrong"} by {inert(actor.name)} <RelativeTime at={createdAt} />
              {note ? `: ${inert(note)}` : ""}
              {expectedOutput === undefined
                ? ""
                : `; it should have been ${inert(beginning(JSON.stringify(expectedOutput), 200))}`}
            </span>
          ))}
        </div>
      </PageHeader>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card>
          <CardHeader>
            <CardTitle>{kinds ? "Input, as kinds of values" : "Input"}</CardTitle>
            {!off && <WholeValue id={execution.id} part="input" />}
          </CardHeader>
          <CardContent>
            {off ? <NotRecorded what="what it was called with." /> : <JsonView value={execution.input} />}
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>
              {execution.error !== undefined ? "Error" : kinds ? "Output, as kinds of values" : "Output"}
            </CardTitle>
            {execution.error !== undefined && <WholeValue id={execution.id} part="error" />}
            {execution.error === undefined && execution.output !== undefined && (
              <WholeValue id={execution.id} part="output" />
            )}
          </CardHeader>
          <CardContent className="grid gap-3">
            {execution.error !== undefined && (
              <div className="text-13">
                <p className="font-medium [overflow-wrap:anywhere]">
                  {inert(execution.error.code ?? execution.error.name)}
                </p>
                {keepsInput(execution) ? (
                  <LongMessage text={execution.error.message} />
                ) : (
                  <NotRecorded what="its message." />
                )}
              </div>
            )}
            {execution.error !== undefined && execution.error.stack !== "" && (
              <CodeBlock text={execution.error.stack} label="Stack" copy />
            )}
            {execution.output !== undefined && <JsonView value={execution.output} />}
            {off && execution.error === undefined && <NotRecorded what="what it answered." />}
          </CardContent>
        </Card>
        {feedback?.expectedOutput !== undefined && (
          <Card className="lg:col-span-2">
            <CardHeader>
              <CardTitle>It should have been</CardTitle>
              <span className="text-muted-foreground text-xs">
                as {inert(feedback.actor.name)} said; a fix is held to it
              </span>
            </CardHeader>
            <CardContent>
              <JsonView value={feedback.expectedOutput} />
            </CardContent>
          </Card>
        )}
        <Card className="lg:col-span-2">
          <CardHeader>
            <CardTitle>Effects</CardTitle>
            <span className="text-muted-foreground text-xs">
              {off
                ? "Not recorded"
                : `${execution.effects.length.toLocaleString("en")}, in the order in which they ended${kinds ? ", as kinds of values" : ""}`}
            </span>
          </CardHeader>
          <EffectList effects={execution.effects} recorded={!off} />
        </Card>
        {mayOperate && versions.length > 0 && keepsInput(execution) && (
          <Replay
            id={execution.id}
            versions={versions.map(({ number }) => number)}
            ranOn={execution.version}
            active={tool?.activeVersion ?? null}
          />
        )}
        <Card className="lg:col-span-2">
          <CardContent className="flex flex-wrap gap-x-6 gap-y-1 text-13 text-muted-foreground">
            <CopyButton text={execution.id} label="Copy the id of the call" className="-ml-2.5">
              <span>
                id <code className="font-mono text-xs [overflow-wrap:anywhere]">{execution.id}</code>
              </span>
            </CopyButton>
            {execution.traceId !== undefined && (
              <span>
                trace <code className="font-mono text-xs [overflow-wrap:anywhere]">{execution.traceId}</code>
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

/** Of a long message the beginning is read first; what is longer than a page is had as a file. */
const [FIRST_READ, SHOWN] = [600, 4_000];

function LongMessage({ text }: { text: string }) {
  if (text.length <= FIRST_READ) return <p className="[overflow-wrap:anywhere]">{inert(text)}</p>;
  const start = beginning(text, FIRST_READ);
  const space = start.search(/\s\S*$/);
  const first = space > FIRST_READ / 2 ? start.slice(0, space) : start;
  return (
    <div className="[overflow-wrap:anywhere]">
      <p>{inert(first)} …</p>
      <details>
        <summary className="text-link">The rest of the message</summary>
        <p>… {inert(beginning(text, SHOWN).slice(first.length))}</p>
        {text.length > SHOWN && (
          <p className="text-muted-foreground">… {(text.length - SHOWN).toLocaleString("en")} more characters</p>
        )}
      </details>
    </div>
  );
}
