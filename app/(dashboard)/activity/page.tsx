import { Bot, Download, KeyRound, ScrollText, UserRound } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { fieldClasses, Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import type { AuditEntry } from "#lib/core/version.ts";
import { hrefOf } from "./subject-link.ts";

export const metadata: Metadata = { title: "Activity" };

const ICONS = { person: UserRound, key: KeyRound, machine: Bot } as const;

type Search = { tool?: string; verb?: string; cursor?: string };

function Subject({ entry }: { entry: AuditEntry }) {
  const href = hrefOf(entry);
  return href === null ? (
    entry.summary
  ) : (
    <Link href={href} className="hover:underline">
      {entry.summary}
    </Link>
  );
}

export default async function ActivityPage({ searchParams }: { searchParams: Promise<Search> }) {
  const context = await getContext();
  const { tool, verb, cursor } = await searchParams;
  const filter = { ...(tool ? { tool } : {}), ...(verb ? { verb } : {}) };
  const [page, tools] = await Promise.all([
    context.database.audit.list(filter, { cursor, limit: 100 }),
    context.database.tools.list(),
  ]);
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
      <form action="/activity" className="mb-3 flex flex-wrap items-end gap-3" aria-label="Filter">
        <div className="grid gap-1">
          <Label htmlFor="tool">Tool</Label>
          <select id="tool" name="tool" defaultValue={tool ?? ""} className={`${fieldClasses} h-8 px-2`}>
            <option value="">All tools</option>
            {tools.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <div className="grid gap-1">
          <Label htmlFor="verb">Verb</Label>
          <Input id="verb" name="verb" defaultValue={verb ?? ""} placeholder="proposal.approved" />
        </div>
        <Button type="submit" variant="outline">
          Filter
        </Button>
      </form>
      <Card>
        {page.items.length === 0 ? (
          <EmptyState icon={ScrollText} title="Nothing was decided yet" />
        ) : (
          <Table label="Activity" stacked>
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
                      <span className="flex items-center gap-1.5 whitespace-nowrap">
                        <Icon className="size-3.5 text-muted-foreground" aria-label={entry.actor.kind} />
                        {entry.actor.name}
                      </span>
                    </TableCell>
                    <TableCell wide className="break-words max-md:-order-1 md:min-w-64 md:max-w-2xl">
                      <Subject entry={entry} />
                    </TableCell>
                    <TableCell className="max-w-40 truncate">
                      {entry.tool !== null && (
                        <Link href={`/tools/${entry.tool}`} className="hover:underline">
                          {entry.tool}
                        </Link>
                      )}
                    </TableCell>
                    <TableCell className="whitespace-nowrap font-mono text-muted-foreground text-xs">
                      {entry.verb}
                    </TableCell>
                  </TableRow>
                );
              })}
            </TableBody>
          </Table>
        )}
      </Card>
      {page.nextCursor !== undefined && (
        <div className="mt-3 flex justify-center">
          <Button asChild variant="outline">
            <Link href={`/activity?${new URLSearchParams({ ...filter, cursor: page.nextCursor })}`}>Older</Link>
          </Button>
        </div>
      )}
    </>
  );
}
