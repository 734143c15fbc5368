import { FolderSync, ShieldAlert } from "lucide-react";
import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { SyncBadge, VerdictBadge } from "#app/_ui/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { readSyncPage } from "#lib/queries/sync-page.ts";
import { settledWords } from "../_components/sync-undo-words.ts";
import { KeptOrder } from "./_components/kept-order.tsx";
import { SyncActions } from "./_components/sync-actions.tsx";

export const metadata: Metadata = { title: "Sync" };

export default async function SyncPage() {
  const context = await getContext();
  const items = await readSyncPage(context);
  const mayResolve = holds(context.caller, "deploy");
  return (
    <>
      <PageHeader
        title="Sync"
        description={
          <>
            Each file of <code className="break-all font-mono text-xs">{context.environment.toolsFolder}</code> against
            the version that answers calls.
          </>
        }
        actions={!mayResolve && <NotAllowed scope="deploy">Settling a file</NotAllowed>}
      />
      <Card>
        {items.length === 0 ? (
          <EmptyState icon={FolderSync} title="No tool files">
            Put a file into <code className="font-mono text-xs">{context.environment.toolsFolder}</code>; it is loaded
            as soon as it is saved.
          </EmptyState>
        ) : (
          <Table label="Tool files against the database" stacked>
            <TableHeader>
              <TableRow>
                <TableHead>Tool</TableHead>
                <TableHead>State</TableHead>
                <TableHead>What it means</TableHead>
                <TableHead>
                  <span className="sr-only">Actions</span>
                </TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              <KeptOrder
                rows={items.map((row) => ({
                  name: row.name,
                  row: (
                    <TableRow key={row.name}>
                      <TableCell className="max-w-56 truncate max-md:max-w-full" title={row.name}>
                        {row.isTool ? (
                          <Link href={`/tools/${row.name}`} className="font-medium hover:underline">
                            {row.name}
                          </Link>
                        ) : (
                          <span className="font-medium">{row.name}</span>
                        )}
                      </TableCell>
                      <TableCell>
                        <SyncBadge value={row.syncState} />
                      </TableCell>
                      <TableCell
                        wide
                        className="text-muted-foreground [overflow-wrap:anywhere] md:min-w-72 md:max-w-2xl"
                      >
                        {row.detail}
                        {row.unseen !== null && (
                          <p className="mt-1">It differs from what answers calls only in its {row.unseen}.</p>
                        )}
                        {row.undo !== null && (
                          <p className="mt-1">
                            {row.undo.by} {settledWords(row.undo).did} <RelativeTime at={row.undo.at} />
                            {settledWords(row.undo).effect}.
                          </p>
                        )}
                        {row.proposal !== null && (
                          <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1">
                            {row.proposal.verdict !== null && <VerdictBadge value={row.proposal.verdict} />}
                            <Link href={`/proposals/${row.proposal.id}`} className="text-link hover:underline">
                              {row.proposal.verdict === null ? "The tests of the edit" : "The evidence of the edit"}:
                              proposal {row.proposal.number}
                            </Link>
                          </p>
                        )}
                        {row.widened.length > 0 && (
                          <p className="mt-1 flex items-start gap-1.5 font-medium text-danger">
                            <ShieldAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
                            <span>The edit may do more than the active version: {row.widened.join("; ")}.</span>
                          </p>
                        )}
                      </TableCell>
                      <TableCell>
                        {mayResolve && (
                          <SyncActions
                            name={row.name}
                            state={row.syncState}
                            activeVersion={row.activeVersion}
                            widened={row.widened}
                            tests={row.proposal}
                            diskHash={row.diskHash}
                            undoable={row.undo}
                          />
                        )}
                      </TableCell>
                    </TableRow>
                  ),
                }))}
              />
            </TableBody>
          </Table>
        )}
      </Card>
    </>
  );
}
