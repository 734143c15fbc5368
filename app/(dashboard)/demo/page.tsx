import { Check, Circle, CircleX, Hand, LoaderCircle } from "lucide-react";
import type { Metadata } from "next";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { LiveRefresh } from "#app/_ui/live-refresh.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext, whetstone } from "#app/context.ts";
import { type Actor, holds } from "#lib/core/actor.ts";
import { DEMO_CALLS, DEMO_TOOL, FAILING_CALLS } from "#lib/main/demo-calls.ts";
import { DEMO_PARTS, type DemoPart, readDemoBeginning, readDemoPage } from "#lib/queries/demo-page.ts";
import { RollBackButton } from "../_components/roll-back-button.tsx";
import { LeaveDemoButton, ResetDemoButton, StartDemoButton } from "./_components/demo-buttons.tsx";
import { VerifyCalls } from "./_components/verify-calls.tsx";

export const metadata: Metadata = { title: "Demo" };

const MARKS: Record<DemoPart["state"], { icon: typeof Check; classes: string; word: string }> = {
  done: { icon: Check, classes: "border-success bg-success-soft text-success", word: "done" },
  running: { icon: LoaderCircle, classes: "border-info bg-info-soft text-info", word: "running" },
  yours: { icon: Hand, classes: "border-warning bg-warning-soft text-warning", word: "waits for you" },
  waiting: { icon: Circle, classes: "border-border text-muted-foreground", word: "to come" },
  stopped: { icon: CircleX, classes: "border-danger bg-danger-soft text-danger", word: "stopped" },
};

/** Whose demo it is: there is one for everybody. */
function Begun({ by, at, me }: { by: Actor; at: Date; me: Actor }) {
  return (
    <span>
      {by.id === me.id ? "You" : inert(by.name)} began this demo <RelativeTime at={at} />
      {by.id === me.id ? "." : "; it is one for everybody."}
    </span>
  );
}

export default async function DemoPage() {
  const context = await getContext();
  const me = context.caller.actor;
  const mayOperate = holds(context.caller, "operate");
  if (context.workspace !== "demo") {
    const standing = await whetstone().workspace("demo");
    const begun = standing === null ? null : await readDemoBeginning(standing.database);
    return (
      <>
        <PageHeader
          title="Watch one tool get fixed"
          description="The whole product, once, on a copy of the tools. Your own tools are not touched."
        />
        <Card className="max-w-3xl">
          <ol className="divide-y" aria-label="What will happen">
            {DEMO_PARTS.map(([title, what], index) => (
              <li key={title} className="flex gap-3 px-4 py-3">
                <span className="mt-0.5 grid size-6 shrink-0 place-items-center rounded-full border font-medium text-muted-foreground text-xs">
                  {index + 1}
                </span>
                <div className="min-w-0 flex-1 text-13">
                  <p className="font-medium">{title}</p>
                  <p className="text-muted-foreground">{what}</p>
                </div>
              </li>
            ))}
          </ol>
          <div className="flex flex-wrap items-center gap-3 border-t px-4 py-3">
            {mayOperate ? (
              <>
                <StartDemoButton
                  label={
                    begun === null ? "Start the demo" : begun.by.id === me.id ? "Go on with the demo" : "Join the demo"
                  }
                />
                <p className="text-13 text-muted-foreground [overflow-wrap:anywhere]">
                  {begun === null ? (
                    "About 90 seconds. You can leave it or reset it at any time."
                  ) : (
                    <Begun by={begun.by} at={begun.at} me={me} />
                  )}
                </p>
              </>
            ) : (
              <NotAllowed scope="operate">Starting it</NotAllowed>
            )}
          </div>
        </Card>
      </>
    );
  }
  const begun = await readDemoBeginning(context.database);
  const demo = await readDemoPage(context.database, DEMO_TOOL, DEMO_CALLS.length, FAILING_CALLS.length);
  const versions = await context.database.versions.list(DEMO_TOOL);
  const tool = await context.database.tools.find(DEMO_TOOL);
  const earlier = versions.find(({ number }) => number !== tool?.activeVersion);
  return (
    <>
      <LiveRefresh everySeconds={2} />
      {demo.canVerify && mayOperate && <VerifyCalls />}
      <PageHeader
        title="Watch one tool get fixed"
        description={
          <>
            The tool is {demo.tool}, in a workspace of its own, in real mode. Every line below is what really happened.
            {begun !== null && (
              <>
                {" "}
                <Begun by={begun.by} at={begun.at} me={me} />
              </>
            )}
          </>
        }
        actions={
          <>
            <LeaveDemoButton />
            {mayOperate && (
              <ResetDemoButton othersName={begun === null || begun.by.id === me.id ? null : begun.by.name} />
            )}
          </>
        }
      />
      <Card className="max-w-3xl">
        <ol className="divide-y" aria-label="Parts of the demo">
          {demo.parts.map((part) => {
            const mark = MARKS[part.state];
            return (
              <li key={part.number} className={cn("flex gap-3 px-4 py-3", part.state === "waiting" && "opacity-70")}>
                <span
                  className={cn("mt-0.5 grid size-6 shrink-0 place-items-center rounded-full border", mark.classes)}
                >
                  <mark.icon
                    className={cn("size-3.5", part.state === "running" && "animate-spin motion-reduce:animate-none")}
                    aria-hidden
                  />
                  <span className="sr-only">{mark.word}</span>
                </span>
                <div className="min-w-0 flex-1">
                  <p className="font-medium text-13">
                    {part.number}. {part.title}
                  </p>
                  {part.detail !== "" && (
                    <p className="[overflow-wrap:anywhere] text-13 text-muted-foreground">{part.detail}</p>
                  )}
                </div>
                {part.number === 5 && part.state === "yours" && demo.proposalId !== null && (
                  <Button asChild>
                    <Link href={`/proposals/${demo.proposalId}`}>Review the fix</Link>
                  </Button>
                )}
                {part.number === 7 && demo.canRollBack && earlier !== undefined && !holds(context.caller, "deploy") && (
                  <NotAllowed scope="deploy">Rolling back</NotAllowed>
                )}
                {part.number === 7 && demo.canRollBack && earlier !== undefined && holds(context.caller, "deploy") && (
                  <RollBackButton
                    tool={demo.tool}
                    version={earlier.number}
                    activeVersion={tool?.activeVersion ?? null}
                    mode="real"
                    reasonRequired={false}
                    size="default"
                  />
                )}
              </li>
            );
          })}
        </ol>
      </Card>
      {demo.answers.length > 0 && (
        <Card className="mt-4 max-w-3xl">
          <CardHeader>
            <CardTitle>The calls that failed, after the fix</CardTitle>
          </CardHeader>
          <Table label="The calls that failed, after the fix">
            <TableHeader>
              <TableRow>
                <TableHead>Input</TableHead>
                <TableHead>Answer</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {demo.answers.map(({ executionId, input, answer, status }) => (
                <TableRow key={executionId}>
                  <TableCell className="font-mono text-xs">{input}</TableCell>
                  <TableCell>
                    <Link href={`/executions/${executionId}`} className="text-13 hover:underline">
                      {status}: {answer}
                    </Link>
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      {demo.finished && (
        <Card className="mt-4 max-w-3xl">
          <CardContent className="flex flex-wrap items-center gap-3 text-13">
            <p className="flex-1">
              That was all seven parts. The same happens to your own tools when something calls them.
            </p>
            <Button asChild variant="outline">
              <Link href={`/tools/${demo.tool}/versions`}>See the versions</Link>
            </Button>
          </CardContent>
        </Card>
      )}
    </>
  );
}
