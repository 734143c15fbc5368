import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Callout } from "#app/_ui/callout.tsx";
import { Card, CardAction, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { displayable, inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { Stat, StatList } from "#app/_ui/stat.tsx";
import { RiskBadge, StrategyBadge, SyncBadge, ToolStateBadge } from "#app/_ui/status-badge.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { policyOf } from "#lib/core/policy.ts";
import { isProblem } from "#lib/core/problem.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import { reasonOf } from "#lib/queries/opportunity-words.ts";
import { showSettings } from "#lib/queries/settings.ts";
import { readToolPage, type ToolPageView } from "#lib/queries/tool-page.ts";
import { toolState } from "#lib/queries/tool-state.ts";
import { LazyTrafficChart } from "../../_components/lazy-traffic-chart.tsx";
import { deploymentMarks, trafficPoints } from "../../_components/traffic-points.ts";
import { CallForm } from "./_components/call-form.tsx";
import { RecentExecutions } from "./_components/recent-executions.tsx";
import { ToolContract } from "./_components/tool-contract.tsx";
import { ToolPolicy } from "./_components/tool-policy.tsx";

type Params = { params: Promise<{ name: string }>; searchParams: Promise<{ window?: string }> };

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

async function read(name: string, week: boolean): Promise<ToolPageView> {
  const context = await getContext();
  try {
    return displayable(await readToolPage(context, name, week ? "week" : "day", context.clock.now()));
  } catch (error) {
    if (isProblem(error) && (error.code === "not_found" || error.code === "invalid_input")) notFound();
    throw error;
  }
}

export default async function ToolPage({ params, searchParams }: Params) {
  const name = decodeURIComponent((await params).name);
  const week = (await searchParams).window === "week";
  const { tool, traffic, deployments, opportunities, executions, caseRuns } = await read(name, week);
  const context = await getContext();
  const everywhere = await showSettings(context, {});
  const mayChange = holds(context.caller, "admin");
  const calls = traffic.reduce((sum, bucket) => sum + bucket.calls, 0);
  const failures = traffic.reduce((sum, bucket) => sum + bucket.failures, 0);
  const refused = traffic.reduce((sum, bucket) => sum + bucket.refused, 0);
  const p95 = Math.max(0, ...traffic.map((bucket) => bucket.p95Ms));
  const period = week ? "7 days" : "24 hours";
  return (
    <>
      <PageHeader
        title={tool.name}
        description={inert(tool.description)}
        actions={
          <Button asChild variant="outline">
            <Link href={`/tools/${tool.name}/versions`}>
              Versions{tool.activeVersion === null ? "" : ` (${tool.activeVersion} active)`}
            </Link>
          </Button>
        }
      >
        <div className="flex flex-wrap gap-2 pt-1">
          {tool.activeVersion !== null && (
            <>
              <ToolStateBadge value={toolState(tool)} size="lg" />
              <StrategyBadge value={tool.strategy} size="lg" />
              <RiskBadge value={tool.riskLevel} size="lg" />
            </>
          )}
          <SyncBadge value={tool.syncState} size="lg" />
          {tool.owners.map((owner) => (
            <Badge key={owner} size="lg" outline>
              {inert(owner)}
            </Badge>
          ))}
        </div>
      </PageHeader>
      <div className="flex flex-col gap-4">
        {tool.loadError !== null && (
          <Callout tone="danger" title="The file does not load">
            {tool.loadError}
            {tool.activeVersion !== null &&
              ` Version ${tool.activeVersion} goes on answering until the file is mended.`}
          </Callout>
        )}
        {tool.syncState !== "in_sync" && tool.loadError === null && (
          <Callout
            tone="warning"
            title="File and database differ"
            action={
              <Button asChild variant="outline" size="sm">
                <Link href="/sync">Open sync</Link>
              </Button>
            }
          >
            {tool.syncDetail}
          </Callout>
        )}
        {opportunities.map((opportunity) => {
          const earlier = tool.activeVersion !== null && opportunity.statistics.version !== tool.activeVersion;
          return (
            <Callout
              key={opportunity.id}
              tone={earlier || isSuspicion(opportunity) ? "warning" : "danger"}
              title={reasonOf(opportunity, earlier)}
              action={
                <Button asChild variant="outline" size="sm">
                  <Link href={`/opportunities/${opportunity.id}`}>Open the opportunity</Link>
                </Button>
              }
            >
              {earlier
                ? `Detected on version ${opportunity.statistics.version}. Version ${tool.activeVersion} answers now: the next detection tells whether it is gone.`
                : opportunity.findings[0]}
            </Callout>
          );
        })}
        <Card>
          <CardHeader>
            <CardTitle>Health over {period}</CardTitle>
            <CardAction>
              <Link
                href={`/tools/${tool.name}`}
                aria-current={week ? undefined : "page"}
                className="py-1 text-13 text-link aria-[current]:font-medium aria-[current]:text-foreground"
              >
                24 hours
              </Link>
              <Link
                href={`/tools/${tool.name}?window=week`}
                aria-current={week ? "page" : undefined}
                className="py-1 text-13 text-link aria-[current]:font-medium aria-[current]:text-foreground"
              >
                7 days
              </Link>
            </CardAction>
          </CardHeader>
          <CardContent>
            <StatList className="mb-4">
              <Stat
                label="Calls"
                value={calls.toLocaleString("en")}
                detail={`${refused.toLocaleString("en")} refused apart from these`}
              />
              <Stat
                label="Succeeded"
                value={(calls - failures).toLocaleString("en")}
                detail={`of ${calls.toLocaleString("en")}`}
              />
              <Stat
                label="Failed or timed out"
                value={failures.toLocaleString("en")}
                detail={`of ${calls.toLocaleString("en")}`}
              />
              <Stat
                label="Highest p95"
                value={calls + refused === 0 ? "–" : milliseconds(p95)}
                detail={week ? "of any three hours" : "of any half hour"}
              />
            </StatList>
            {calls + refused === 0 ? (
              <p className="rounded-md border border-dashed px-4 py-8 text-center text-13 text-muted-foreground">
                Nothing has called {tool.name} in the last {period}: calls and their latency are drawn here.
              </p>
            ) : (
              <LazyTrafficChart
                hours={week ? 168 : 24}
                points={trafficPoints(traffic)}
                marks={deploymentMarks(deployments)}
              />
            )}
          </CardContent>
        </Card>
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <RecentExecutions tool={tool.name} executions={executions} />
          <Card>
            <CardHeader>
              <CardTitle>Call it</CardTitle>
            </CardHeader>
            <CardContent>
              {tool.activeVersion === null ? (
                <p className="text-13 text-muted-foreground">
                  No version of it answers calls yet: mend its file, which is loaded as soon as it is saved.
                </p>
              ) : holds(context.caller, "call") ? (
                <CallForm tool={tool.name} inputSchema={tool.inputSchema} example={tool.testCases[0]?.input} />
              ) : (
                <NotAllowed scope="call">Calling {tool.name}</NotAllowed>
              )}
            </CardContent>
          </Card>
        </div>
        {tool.activeVersion !== null && (
          <ToolContract tool={tool} runs={caseRuns} mayRun={holds(context.caller, "operate")} />
        )}
        <ToolPolicy
          tool={tool.name}
          own={tool.settings}
          everywhere={everywhere}
          approvers={policyOf(everywhere, tool.settings).approvers}
          mayChange={mayChange}
        />
        {tool.source !== null && (
          <Card>
            <CardHeader>
              <CardTitle>Source of version {tool.activeVersion}</CardTitle>
            </CardHeader>
            <CardContent>
              <CodeBlock text={tool.source} label={`Source of ${tool.name}`} lineNumbers copy />
            </CardContent>
          </Card>
        )}
      </div>
    </>
  );
}
