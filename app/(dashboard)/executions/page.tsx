import { Activity } from "lucide-react";
import type { Metadata } from "next";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Callout } from "#app/_ui/callout.tsx";
import { Card } from "#app/_ui/card.tsx";
import { beginning, displayable, inert } from "#app/_ui/displayable.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { SEARCHED } from "#lib/ports/executions.ts";
import {
  type ExecutionRow,
  ListExecutions,
  listExecutions,
  SoughtOutcome,
  SoughtWord,
} from "#lib/queries/executions.ts";
import { AddressNotice } from "../_components/address-notice.tsx";
import { ChoiceFilter, SinceFilter, ToolFilter } from "../_components/filter-fields.tsx";
import { Paging } from "../_components/paging.tsx";
import { readFilters, readListed, type Search, unknownTool } from "../_components/read-filters.ts";
import { RowKeys } from "../_components/row-keys.tsx";
import { SearchKey } from "../_components/search-key.tsx";

export const metadata: Metadata = { title: "Executions" };

const FILTERS = [
  ...(["tool", "status", "version", "caller", "cluster", "text", "since", "until"] as const),
  ...(["slowerThan", "marked"] as const),
];

/** A filter in force, in the words of the page. */
function inWords(name: string, value: string): string {
  if (name === "slowerThan") return `slower than ${value} ms`;
  return name === "marked" ? `marked ${value}` : `${name}: ${value}`;
}

function without(filters: Record<string, string>, name: string): string {
  const rest = Object.entries(filters).filter(([key]) => key !== name && key !== "cursor");
  return `/executions?${new URLSearchParams(rest)}`;
}

function preview({ error, output, recording }: ExecutionRow): string {
  if (error !== undefined) {
    const name = error.code ?? error.name;
    return inert(beginning(error.message === "" ? name : `${name}: ${error.message}`, 200));
  }
  return recording === "off" ? "not recorded" : inert(beginning(JSON.stringify(output) ?? "", 200));
}

export default async function ExecutionsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const context = await getContext();
  const { caseFor, ...search } = await searchParams;
  const proposal = typeof caseFor === "string" && /^\d{1,9}$/.test(caseFor) ? caseFor : undefined;
  const address = readFilters("/executions", ListExecutions.shape, [...FILTERS, "cursor"], search);
  const [{ page, filters, notUnderstood }, tools] = await Promise.all([
    readListed("/executions", address, async (asked) =>
      displayable(await listExecutions(context, ListExecutions.parse(asked))),
    ),
    context.database.tools.list(),
  ]);
  const now = context.clock.now().getTime();
  const active = Object.entries(filters).filter(([name]) => name !== "cursor");
  return (
    <>
      <PageHeader title="Executions" description="Every recorded call, newest first." />
      <RowKeys of="executions" what="call" />
      <SearchKey what="calls" />
      <form action="/executions" className="mb-3 flex flex-wrap items-end gap-3" aria-label="Filter">
        <ToolFilter tools={tools} value={filters.tool} />
        <ChoiceFilter
          {...{ name: "status", label: "Outcome", all: "All outcomes", value: filters.status }}
          choices={SoughtOutcome.options.map((value) => ({
            value,
            words: value === "bad" ? "failed or timed out" : value.replaceAll("_", " "),
          }))}
        />
        <ChoiceFilter
          {...{ name: "marked", label: "Answer", all: "Any answer", value: filters.marked }}
          choices={SoughtWord.options.map((value) => ({ value, words: `marked ${value}` }))}
        />
        <div className="grid gap-1">
          <Label htmlFor="slowerThan">Slower than, ms</Label>
          <Input
            id="slowerThan"
            name="slowerThan"
            inputMode="decimal"
            defaultValue={filters.slowerThan ?? ""}
            maxLength={20}
            className="w-28"
          />
        </div>
        <SinceFilter hours={[1, 24, 168]} now={now} value={filters.since} />
        <div className="grid gap-1">
          <Label htmlFor="caller">Caller</Label>
          <Input id="caller" name="caller" defaultValue={filters.caller ?? ""} maxLength={200} className="w-32" />
        </div>
        <div className="grid gap-1">
          <Label htmlFor="text">In input, output or error</Label>
          <Input
            id="text"
            name="text"
            type="search"
            defaultValue={filters.text ?? ""}
            maxLength={200}
            data-search
            className="w-44"
          />
        </div>
        {proposal !== undefined && <input type="hidden" name="caseFor" value={proposal} />}
        {(["version", "cluster", "until"] as const).map(
          (name) => filters[name] !== undefined && <input key={name} type="hidden" name={name} value={filters[name]} />,
        )}
        <Button type="submit" variant="outline">
          Filter
        </Button>
        {active.length > 0 && (
          <ul className="flex flex-wrap items-center gap-1.5" aria-label="Filters in force">
            {active.map(([name, value]) => (
              <li key={name}>
                <Link href={without(filters, name)} aria-label={`Take the filter ${name} away`}>
                  <Badge outline size="lg" className="max-w-64 hover:bg-accent">
                    <span className="truncate">{inWords(name, value)}</span> ×
                  </Badge>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </form>
      <AddressNotice of={[...notUnderstood, ...unknownTool("/executions", filters, tools)]} />
      {proposal !== undefined && (
        <Callout
          tone="info"
          title="Open the call that shows what the tool should do, then press “Make test case” on its page."
          className="mb-3"
          action={
            <Button asChild variant="outline" size="sm">
              <Link href={`/proposals/${proposal}`}>Back to proposal {proposal}</Link>
            </Button>
          }
        >
          It becomes a case of the tool, and counts for the proposal when its tests run again.
        </Callout>
      )}
      <Card>
        {page.items.length === 0 ? (
          <EmptyState
            icon={Activity}
            title={active.length > 0 ? "No call fits these filters" : "Nothing has called a tool yet"}
            action={
              active.length > 0 && (
                <Button asChild variant="outline">
                  <Link href="/executions">Show all calls</Link>
                </Button>
              )
            }
          >
            {active.length > 0 ? (
              filters.text !== undefined &&
              `Words are looked for in the newest ${SEARCHED.toLocaleString("en")} calls that fit the other filters.`
            ) : (
              <>
                Call one from its page, or{" "}
                <Link href="/connect" className="text-link underline">
                  connect an agent
                </Link>
                .
              </>
            )}
          </EmptyState>
        ) : (
          <Table label="Executions" stacked rows="executions">
            <TableHeader>
              <TableRow>
                <TableHead>Outcome</TableHead>
                <TableHead>Tool</TableHead>
                <TableHead>Input</TableHead>
                <TableHead>Answer</TableHead>
                <TableHead className="text-right">Latency</TableHead>
                <TableHead>Caller</TableHead>
                <TableHead>When</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {page.items.map((execution) => (
                <TableRow key={execution.id}>
                  <TableCell>
                    <OutcomeBadge value={execution.status} />
                  </TableCell>
                  <TableCell className="max-w-48 truncate whitespace-nowrap">
                    <Link href={`/tools/${execution.tool}`} className="font-medium hover:underline">
                      {execution.tool}
                    </Link>{" "}
                    <span className="text-muted-foreground">v{execution.version}</span>
                  </TableCell>
                  <TableCell wide className="md:min-w-48 md:max-w-80">
                    <Link
                      data-opens
                      href={`/executions/${execution.id}`}
                      className="block truncate font-mono text-xs hover:underline"
                    >
                      {execution.recording === "off"
                        ? "not recorded"
                        : inert(beginning(JSON.stringify(execution.input), 200))}
                    </Link>
                  </TableCell>
                  <TableCell wide className="md:min-w-48 md:max-w-80">
                    <span className="block truncate font-mono text-muted-foreground text-xs">{preview(execution)}</span>
                  </TableCell>
                  <TableCell className="whitespace-nowrap text-right text-muted-foreground tabular-nums">
                    {milliseconds(execution.latencyMs)}
                  </TableCell>
                  <TableCell className="max-w-32 truncate text-muted-foreground">{execution.caller}</TableCell>
                  <TableCell className="whitespace-nowrap text-muted-foreground">
                    <RelativeTime at={execution.startedAt} />
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
      <Paging
        newest={filters.cursor === undefined ? null : `/executions?${new URLSearchParams(Object.fromEntries(active))}`}
        older={
          page.nextCursor === undefined
            ? null
            : `/executions?${new URLSearchParams({ ...filters, cursor: page.nextCursor })}`
        }
      />
    </>
  );
}
