import { CircleCheck } from "lucide-react";
import type { Metadata } from "next";
import { z } from "zod";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { inert } from "#app/_ui/displayable.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { Sparkline } from "#app/_ui/sparkline.tsx";
import { AttributionBadge, OpportunityKindBadge, OpportunityStateBadge } from "#app/_ui/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { sayBadCalls } from "#lib/core/bad-calls.ts";
import { FAILING_ERROR } from "#lib/core/health.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import { readOpportunityLines } from "#lib/queries/opportunity-page.ts";
import { badOf, rateOf, reasonOf } from "#lib/queries/opportunity-words.ts";
import { AddressNotice } from "../_components/address-notice.tsx";
import { readFilters, type Search } from "../_components/read-filters.ts";
import { RowKeys } from "../_components/row-keys.tsx";
import { DetectButton } from "./_components/detect-button.tsx";

export const metadata: Metadata = { title: "Opportunities" };

const FILTERS = { all: z.literal("1") };

const priority = ({ priority: value }: Opportunity): string => Number(value.toPrecision(2)).toLocaleString("en");

const INTERVAL = ((1 - FAILING_ERROR) * 100).toFixed(1);

/** A column's heading beside its value, where rows are blocks and the headings are not seen. */
function PhoneLabel({ children }: { children: string }) {
  return <span className="text-muted-foreground md:hidden">{children} </span>;
}

/** In the place of a figure of failures. */
function NotOfFailures() {
  return (
    <span className="text-muted-foreground" title="It is about answers, not about calls that failed">
      –
    </span>
  );
}

function Rate({ of }: { of: Opportunity }) {
  const rate = rateOf(of);
  return (
    <TableCell className={cn("whitespace-nowrap text-right tabular-nums", rate === null && "max-md:hidden!")}>
      <PhoneLabel>Success rate</PhoneLabel>
      {rate === null ? (
        <NotOfFailures />
      ) : (
        <span title={`${INTERVAL} % interval of the success rate, valid at any time`}>{rate}</span>
      )}
    </TableCell>
  );
}

export default async function OpportunitiesPage({ searchParams }: { searchParams: Promise<Search> }) {
  const context = await getContext();
  const { filters, notUnderstood } = readFilters("/opportunities", FILTERS, ["all"], await searchParams);
  const all = filters.all !== undefined;
  const shown = inert(await readOpportunityLines(context, all, context.clock.now()));
  const running = (await context.database.jobs.list({}, { limit: 20 })).items.find(
    ({ kind, state }) => kind === "detect" && (state === "queued" || state === "running"),
  );
  return (
    <>
      <PageHeader
        title="Opportunities"
        description="Problems found in the recorded calls, the most pressing first: the share that is bad now, of the last day's calls, times 4 for wrong answers, 3 for failing, 2 for degrading, 1 for slow or suspected."
        actions={
          holds(context.caller, "operate") ? (
            <DetectButton
              job={
                running === undefined
                  ? null
                  : {
                      id: running.id,
                      stage: running.stage,
                      progress: running.progress,
                      since: running.startedAt ?? running.createdAt,
                    }
              }
            />
          ) : (
            <NotAllowed scope="operate">Looking for problems at once</NotAllowed>
          )
        }
      />
      <nav aria-label="Which opportunities" className="mb-3 flex gap-4 text-13">
        <Link
          href="/opportunities"
          aria-current={all ? undefined : "page"}
          className="py-1 text-link aria-[current]:font-medium aria-[current]:text-foreground"
        >
          Open
        </Link>
        <Link
          href="/opportunities?all=1"
          aria-current={all ? "page" : undefined}
          className="py-1 text-link aria-[current]:font-medium aria-[current]:text-foreground"
        >
          All, resolved and dismissed too
        </Link>
      </nav>
      <AddressNotice of={notUnderstood} />
      <RowKeys of="opportunities" what="problem" />
      <Card>
        {shown.length === 0 ? (
          <EmptyState icon={CircleCheck} title={all ? "No problem was found yet" : "No open problem"}>
            A tool appears here when even the upper bound of its success rate is below its target, when it degrades or
            gets slow, when its answers are marked as wrong, or when callers have come to ask for them again.
          </EmptyState>
        ) : (
          <Table label="Opportunities" stacked rows="opportunities">
            <TableHeader>
              <TableRow>
                <TableHead>Problem</TableHead>
                <TableHead>Kind</TableHead>
                <TableHead>Fault of</TableHead>
                <TableHead className="text-right">Counted</TableHead>
                <TableHead className="text-right">Success rate</TableHead>
                <TableHead>Failures, 7 days</TableHead>
                <TableHead className="text-right">Bad calls</TableHead>
                <TableHead>State</TableHead>
                <TableHead>Found</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {shown.map((opportunity) => (
                <TableRow key={opportunity.id}>
                  <TableCell wide className="md:w-full md:min-w-64 md:max-w-0">
                    <Link
                      href={`/opportunities/${opportunity.id}`}
                      className="block truncate font-medium hover:underline"
                    >
                      {opportunity.tool}
                    </Link>
                    <p className="text-muted-foreground text-xs [overflow-wrap:anywhere] max-md:line-clamp-3 md:truncate">
                      {reasonOf(opportunity)}
                    </p>
                  </TableCell>
                  <TableCell>
                    <OpportunityKindBadge value={opportunity.kind} suspected={isSuspicion(opportunity)} />
                  </TableCell>
                  <TableCell>
                    <AttributionBadge value={opportunity.attribution} />
                  </TableCell>
                  <TableCell className="whitespace-nowrap text-right tabular-nums">{badOf(opportunity)}</TableCell>
                  <Rate of={opportunity} />
                  <TableCell className="max-md:hidden!">
                    {opportunity.trend === null ? (
                      <NotOfFailures />
                    ) : (
                      <Sparkline
                        kind="bars"
                        tone="danger"
                        values={opportunity.trend}
                        label={`Failures over seven days: ${opportunity.trend.reduce((sum, count) => sum + count, 0)}`}
                      />
                    )}
                  </TableCell>
                  <TableCell className="whitespace-nowrap text-right tabular-nums">
                    <PhoneLabel>{isSuspicion(opportunity) ? "Suspected" : "Bad calls"}</PhoneLabel>
                    {sayBadCalls(opportunity.statistics)}
                    <p className="text-muted-foreground text-xs max-md:inline max-md:before:content-['_·_']">
                      priority {priority(opportunity)}
                    </p>
                  </TableCell>
                  <TableCell className="max-w-40">
                    <OpportunityStateBadge value={opportunity.state} />
                    {opportunity.assignee !== undefined && (
                      <p
                        className="truncate text-muted-foreground text-xs"
                        title={`Assigned to ${opportunity.assignee}`}
                      >
                        {opportunity.assignee}
                      </p>
                    )}
                  </TableCell>
                  <TableCell className="whitespace-nowrap text-muted-foreground">
                    {opportunity.statistics.cameBackAt === undefined ? (
                      <RelativeTime at={opportunity.openedAt} />
                    ) : (
                      <>
                        came back <RelativeTime at={opportunity.statistics.cameBackAt} />
                        <p className="text-xs">
                          first <RelativeTime at={opportunity.openedAt} />
                        </p>
                      </>
                    )}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </>
  );
}
