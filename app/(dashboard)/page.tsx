import { Activity, CircleCheck, FlaskConical, Plug } from "lucide-react";
import type { Metadata } from "next";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardAction, CardDescription, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { Sparkline } from "#app/_ui/sparkline.tsx";
import { Stat, StatList } from "#app/_ui/stat.tsx";
import { HEALTHS, OPPORTUNITY_KINDS, StrategyBadge, SUSPECTED, ToolStateBadge } from "#app/_ui/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { readOverviewPage, type ToolHealthRow } from "#lib/queries/overview-page.ts";
import { FirstStart } from "./_components/first-start.tsx";
import { FollowFirstCall } from "./_components/follow-first-call.tsx";
import { NeedList } from "./_components/need-list.tsx";
import { RowKeys } from "./_components/row-keys.tsx";
import { summaryInWords, verbInWords } from "./activity/audit-words.ts";

export const metadata: Metadata = { title: "Overview" };

/** Those that need somebody come first, and all of them have a page of their own. */
const SHOWN = 25;

/** What is neither in the number of calls nor among the failed ones. */
const apart = (refused: number, rejected: number): string =>
  [
    ...(rejected > 0 ? [`${rejected.toLocaleString("en")} rejected before they reached a tool`] : []),
    ...(refused > 0 ? [`${refused.toLocaleString("en")} refused`] : []),
  ].join(", ");

/** The tools that are neither healthy nor failing, in the words of their badges. */
function othersInWords(tools: readonly ToolHealthRow[]): string {
  const counts = (["incorrect", "degrading", "degraded", "suspected", "slow"] as const).flatMap((word) => {
    const number = tools.filter(({ state }) => state.word === word && state.seenOn === null).length;
    const { text } = { ...OPPORTUNITY_KINDS, degraded: HEALTHS.degraded, suspected: SUSPECTED }[word];
    return number === 0 ? [] : [`${number} ${text.toLowerCase()}`];
  });
  const earlier = tools.filter(({ state }) => state.seenOn !== null).length;
  if (earlier > 0) counts.push(`${earlier} with a problem of an earlier version`);
  return counts.length === 0 ? "none incorrect, degrading or slow" : counts.join(", ");
}

export default async function OverviewPage() {
  const context = await getContext();
  const page = inert(await readOverviewPage(context, context.clock.now()));
  const { calls, failures, refused, rejected } = page.totals;
  const healthy = page.tools.filter(({ state }) => state.word === "healthy").length;
  const failing = page.tools.filter(({ state }) => state.word === "failing" && state.seenOn === null).length;
  const waiting = page.needs.filter(({ kind }) => kind === "proposal").length;
  const start = page.firstStart && (
    <FirstStart tools={page.tools.length} mayOperate={holds(context.caller, "operate")} />
  );
  return (
    <FollowFirstCall waiting={page.firstStart} readAt={context.clock.now().getTime()} start={start}>
      <PageHeader
        title="Overview"
        description="The last 24 hours"
        actions={
          context.workspace === "main" && (
            <>
              <Button asChild variant="ghost" className="text-muted-foreground">
                <Link href="/connect">
                  <Plug aria-hidden />
                  Connect an agent
                </Link>
              </Button>
              <Button asChild variant="ghost" className="text-muted-foreground">
                <Link href="/demo">
                  <FlaskConical aria-hidden />
                  Watch one tool get fixed
                </Link>
              </Button>
            </>
          )
        }
      />
      <StatList className="mb-4">
        <Stat
          label="Calls"
          value={calls.toLocaleString("en")}
          detail={
            <>
              {failures.toLocaleString("en")} failed or timed out
              {refused + rejected > 0 && `. Apart from these: ${apart(refused, rejected)}`}
            </>
          }
        />
        <Stat
          label="Tools healthy"
          value={`${healthy} of ${page.tools.length}`}
          detail={`${page.tools.filter(({ state }) => state.word === "unknown").length} not called on their version yet`}
        />
        <Stat label="Failing" value={failing} detail={othersInWords(page.tools)} />
        <Stat
          label="Waiting for you"
          value={waiting}
          detail={waiting === 1 ? "proposal to review" : "proposals to review"}
        />
      </StatList>
      <div className="flex flex-col gap-4">
        <Card>
          <CardHeader>
            <CardTitle>What needs you now</CardTitle>
          </CardHeader>
          {page.needs.length === 0 ? (
            <EmptyState
              icon={CircleCheck}
              title={`${healthy} ${healthy === 1 ? "tool" : "tools"} healthy, nothing waits`}
            >
              This speaks up when a tool fails, when a fix waits for review, or when a file and the active version part
              ways. Detection runs every few minutes.
            </EmptyState>
          ) : (
            <NeedList needs={page.needs} />
          )}
        </Card>
        <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
          <Card>
            <CardHeader>
              <CardTitle>Tools by health</CardTitle>
              <CardDescription>Failing ones first</CardDescription>
              <CardAction>
                <Link href="/tools" className="text-13 text-link hover:underline">
                  All {page.tools.length} tools
                </Link>
              </CardAction>
            </CardHeader>
            <RowKeys of="tools" what="tool" />
            <Table label="Tools by health" stacked rows="tools">
              <TableHeader>
                <TableRow>
                  <TableHead>Tool</TableHead>
                  <TableHead>Health</TableHead>
                  <TableHead>Strategy</TableHead>
                  <TableHead>Calls an hour</TableHead>
                  <TableHead className="text-right">Calls</TableHead>
                  <TableHead className="text-right">Failed</TableHead>
                  <TableHead
                    className="text-right"
                    title="95th percentile of the latency of its newest 1,000 calls of the day"
                  >
                    p95
                  </TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {page.tools.slice(0, SHOWN).map((tool) => (
                  <TableRow key={tool.name}>
                    <TableCell wide className="md:max-w-56">
                      <Link href={`/tools/${tool.name}`} className="block truncate font-medium hover:underline">
                        {tool.name}
                      </Link>
                    </TableCell>
                    <TableCell>
                      <ToolStateBadge value={tool.state} />
                    </TableCell>
                    <TableCell>{tool.activeVersion !== null && <StrategyBadge value={tool.strategy} />}</TableCell>
                    <TableCell>
                      <Sparkline
                        kind="bars"
                        values={tool.spark.map(({ calls }) => calls)}
                        failed={tool.spark.map(({ failures }) => failures)}
                      />
                    </TableCell>
                    <TableCell className="text-right tabular-nums">
                      {tool.calls.toLocaleString("en")}
                      <span className="md:hidden"> {tool.calls === 1 ? "call" : "calls"}</span>
                    </TableCell>
                    <TableCell className="text-right tabular-nums max-md:after:content-['_failed']">
                      {tool.failures.toLocaleString("en")}
                    </TableCell>
                    <TableCell className="whitespace-nowrap text-right tabular-nums max-md:hidden!">
                      {tool.calls === 0 ? "–" : milliseconds(tool.p95Ms)}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </Card>
          <Card>
            <CardHeader>
              <CardTitle>Activity</CardTitle>
              <CardAction>
                <Link href="/activity" className="text-13 text-link hover:underline">
                  All
                </Link>
              </CardAction>
            </CardHeader>
            {page.activity.length === 0 ? (
              <EmptyState icon={Activity} title="Nothing was decided yet" />
            ) : (
              <ol className="divide-y">
                {page.activity.map((entry) => (
                  <li key={entry.id} className="px-4 py-2 text-13">
                    <p className="[overflow-wrap:anywhere]">{summaryInWords(entry)}</p>
                    <p className="text-muted-foreground text-xs [overflow-wrap:anywhere]">
                      {entry.actor.name} · {verbInWords(entry.verb)} · <RelativeTime at={entry.at} />
                    </p>
                  </li>
                ))}
              </ol>
            )}
          </Card>
        </div>
      </div>
    </FollowFirstCall>
  );
}
