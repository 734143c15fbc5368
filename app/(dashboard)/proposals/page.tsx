import { ListChecks } from "lucide-react";
import type { Metadata } from "next";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { getContext } from "#app/context.ts";
import { ListProposals } from "#lib/queries/proposals.ts";
import { GROUP_ORDER, type ProposalGroup, readProposalsPage } from "#lib/queries/proposals-page.ts";
import { AddressNotice } from "../_components/address-notice.tsx";
import { readFilters, readListed, type Search } from "../_components/read-filters.ts";
import { ProposalList } from "./_components/proposal-list.tsx";

type Props = { searchParams: Promise<Search> };

const readAddress = (search: Search) => readFilters("/proposals", ListProposals.shape, ["tool", "cursor"], search);
const titleOf = (tool: string | undefined): string => (tool === undefined ? "Proposals" : `Proposals for ${tool}`);

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  return { title: titleOf(readAddress(await searchParams).filters.tool) };
}

const TITLES: Record<ProposalGroup, string> = {
  waiting: "Waiting for a person",
  working: "Being written or tested",
  live: "Deployed",
  closed: "Closed",
};

export default async function ProposalsPage({ searchParams }: Props) {
  const context = await getContext();
  const { page, filters, notUnderstood } = await readListed("/proposals", readAddress(await searchParams), (asked) =>
    readProposalsPage(context, asked),
  );
  const { lines, counts, nextCursor } = page;
  const { tool, cursor } = filters;
  return (
    <>
      <PageHeader
        title={titleOf(tool)}
        description="Changes to tools with their evidence. Those that wait for a person come first."
        actions={
          tool !== undefined && (
            <Button asChild variant="outline">
              <Link href="/proposals">All tools</Link>
            </Button>
          )
        }
      />
      <AddressNotice of={notUnderstood} />
      {lines.length === 0 ? (
        <Card>
          <EmptyState
            icon={ListChecks}
            title={tool === undefined ? "No proposals yet" : `No proposal for ${tool} yet`}
            action={
              <Button asChild variant="outline">
                <Link href="/opportunities">See opportunities</Link>
              </Button>
            }
          >
            When a tool fails, ask for a fix on its opportunity. An agent or a person can also send one to{" "}
            <code className="font-mono text-xs">POST /api/v1/proposals</code>; it enters the same gate.
          </EmptyState>
        </Card>
      ) : (
        <div className="flex flex-col gap-4">
          {GROUP_ORDER.map((group) => ({ group, shown: lines.filter((line) => line.group === group) }))
            .filter(({ group, shown }) => shown.length > 0 || (group === "waiting" && cursor === undefined))
            .map(({ group, shown }) => (
              <Card key={group}>
                <CardHeader>
                  <CardTitle>{TITLES[group]}</CardTitle>
                  <span className="text-muted-foreground text-xs">
                    {counts[group]}
                    {shown.length < counts[group] && `, the first ${shown.length} of them here`}
                  </span>
                </CardHeader>
                {counts[group] === 0 ? (
                  <p className="px-4 py-5 text-13 text-muted-foreground">Nothing waits for you.</p>
                ) : (
                  <ProposalList lines={shown} label={TITLES[group]} />
                )}
              </Card>
            ))}
          {nextCursor !== null && (
            <Button asChild variant="outline" className="self-center">
              <Link
                href={`/proposals?${new URLSearchParams({ ...(tool === undefined ? {} : { tool }), cursor: nextCursor })}`}
              >
                Older
              </Link>
            </Button>
          )}
        </div>
      )}
    </>
  );
}
