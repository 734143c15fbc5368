import { Bot, Download, KeyRound, ScrollText, UserRound } from "lucide-react";
import type { Metadata } from "next";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { fieldClasses, Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import type { AuditEntry } from "#lib/core/version.ts";
import { ListAudit, listAudit } from "#lib/queries/audit.ts";
import { AddressNotice } from "../_components/address-notice.tsx";
import { SinceFilter, ToolFilter } from "../_components/filter-fields.tsx";
import { Paging } from "../_components/paging.tsx";
import { readFilters, readListed, type Search, unknownTool } from "../_components/read-filters.ts";
import { RowKeys } from "../_components/row-keys.tsx";
import { SearchKey } from "../_components/search-key.tsx";
import { summaryInWords, verbInWords } from "./audit-words.ts";
import { hrefOf } from "./subject-link.ts";

export const metadata: Metadata = { title: "Activity" };

const ICONS = { person: UserRound, key: KeyRound, machine: Bot } as const;

const FILTERS = ["tool", "verb", "actor", "since", "until"] as const;

/** What verbs are about: a noun takes all its verbs. */
const NOUNS = [
  "proposal",
  "deployment",
  "opportunity",
  "detection",
  "tool",
  "execution",
  "executions",
  "case",
  "settings",
  "key",
  "secret",
  "job",
] as const;

function Subject({ entry }: { entry: AuditEntry }) {
  const href = hrefOf(entry);
  return href === null ? (
    summaryInWords(entry)
  ) : (
    <Link data-opens href={href} className="hover:underline">
      {summaryInWords(entry)}
    </Link>
  );
}

export default async function ActivityPage({ searchParams }: { searchParams: Promise<Search> }) {
  const context = await getContext();
  const address = readFilters("/activity", ListAudit.shape, [...FILTERS, "cursor"], await searchParams);
  const [{ page, filters, notUnderstood }, tools] = await Promise.all([
    readListed("/activity", address, async (asked) =>
      inert(await listAudit(context, ListAudit.parse({ ...asked, limit: 100 }))),
    ),
    context.database.tools.list(),
  ]);
  const { cursor, ...filter } = filters;
  const { tool, verb, actor } = filter;
  const now = context.clock.now().getTime();
  return (
    <>
      <PageHeader
        title="Activity"
        description="Everything that a person or the machine decided. Rows are only ever added."
        actions={
          <Button asChild variant="outline">
            <a href={`/activity/export?${new URLSearchParams(filter)}`} download>
              <Download aria-hidden />
              Export
            </a>
          </Button>
        }
      />
      <RowKeys of="activity" what="row" />
      <SearchKey what="by who acted" />
      <form action="/activity" className="mb-3 flex flex-wrap items-end gap-3" aria-label="Filter">
        <ToolFilter tools={tools} value={tool} />
        <div className="grid gap-1">
          <Label htmlFor="verb">About</Label>
          <select id="verb" name="verb" defaultValue={verb ?? ""} className={`${fieldClasses} h-8 px-2`}>
            <option value="">Everything</option>
            {verb !== undefined && !NOUNS.some((noun) => noun === verb) && (
              <option value={verb}>{verbInWords(verb)}</option>
            )}
            {NOUNS.map((noun) => (
              <option key={noun}>{noun}</option>
            ))}
          </select>
        </div>
        <div className="grid gap-1">
          <Label htmlFor="actor">Who</Label>
          <Input
            id="actor"
            name="actor"
            type="search"
            defaultValue={actor ?? ""}
            maxLength={200}
            data-search
            className="w-36"
          />
        </div>
        <SinceFilter hours={[24, 168, 720]} now={now} value={filter.since} />
        <Button type="submit" variant="outline">
          Filter
        </Button>
        {Object.keys(filter).length > 0 && (
          <Link href="/activity" className="py-1.5 text-13 text-link hover:underline">
            Show everything
          </Link>
        )}
      </form>
      <AddressNotice of={[...notUnderstood, ...unknownTool("/activity", filters, tools)]} />
      <Card>
        {page.items.length === 0 ? (
          <EmptyState
            icon={ScrollText}
            title={Object.keys(filter).length > 0 ? "Nothing fits these filters" : "Nothing was decided yet"}
            action={
              Object.keys(filter).length > 0 && (
                <Button asChild variant="outline">
                  <Link href="/activity">Show everything</Link>
                </Button>
              )
            }
          >
            {Object.keys(filter).length === 0 && "What a person or the machine decides is written down here."}
          </EmptyState>
        ) : (
          <Table label="Activity" stacked rows="activity">
            <TableHeader>
              <TableRow>
                <TableHead>When</TableHead>
                <TableHead>Who</TableHead>
                <TableHead>What</TableHead>
                <TableHead>Tool</TableHead>
                <TableHead>Verb</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {page.items.map((entry) => {
                const Icon = ICONS[entry.actor.kind];
                return (
                  <TableRow key={entry.id}>
                    <TableCell className="whitespace-nowrap text-muted-foreground">
                      <RelativeTime at={entry.at} />
                    </TableCell>
                    <TableCell>
                      <span className="flex max-w-40 items-center gap-1.5 whitespace-nowrap">
                        <Icon className="size-3.5 shrink-0 text-muted-foreground" aria-label={entry.actor.kind} />
                        <span className="truncate" title={entry.actor.name}>
                          {entry.actor.name}
                        </span>
                      </span>
                    </TableCell>
                    <TableCell wide className="[overflow-wrap:anywhere] max-md:-order-1 md:min-w-64 md:max-w-2xl">
                      <Subject entry={entry} />
                    </TableCell>
                    <TableCell className="max-w-40 truncate">
                      {entry.tool !== null && (
                        <Link href={`/tools/${entry.tool}`} className="hover:underline">
                          {entry.tool}
                        </Link>
                      )}
                    </TableCell>
                    <TableCell className="whitespace-nowrap text-muted-foreground text-xs">
                      <Link
                        href={`/activity?${new URLSearchParams({ verb: entry.verb })}`}
                        title={`Show ${entry.verb} alone`}
                        className="hover:underline"
                      >
                        {verbInWords(entry.verb)}
                      </Link>
                    </TableCell>
                  </TableRow>
                );
              })}
            </TableBody>
          </Table>
        )}
      </Card>
      <Paging
        newest={cursor === undefined ? null : `/activity?${new URLSearchParams(filter)}`}
        older={
          page.nextCursor === undefined
            ? null
            : `/activity?${new URLSearchParams({ ...filter, cursor: page.nextCursor })}`
        }
      />
    </>
  );
}
