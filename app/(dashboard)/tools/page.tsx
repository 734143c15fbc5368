import { Wrench } from "lucide-react";
import type { Metadata } from "next";
import { Card } from "#app/_ui/card.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { RiskBadge, StrategyBadge, SyncBadge, ToolStateBadge } from "#app/_ui/status-badge.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import { getContext } from "#app/context.ts";
import { toolState } from "#lib/queries/tool-state.ts";
import { listTools } from "#lib/queries/tools.ts";
import { AddressNotice } from "../_components/address-notice.tsx";
import { readFilters, type Search } from "../_components/read-filters.ts";
import { RowKeys } from "../_components/row-keys.tsx";

export const metadata: Metadata = { title: "Tools" };

export default async function ToolsPage({ searchParams }: { searchParams: Promise<Search> }) {
  const context = await getContext();
  const { items } = inert(await listTools(context));
  const { notUnderstood } = readFilters("/tools", {}, [], await searchParams);
  return (
    <>
      <PageHeader
        title="Tools"
        description="Each is one file; how it may be tested follows from what it declares, held against what was observed."
      />
      <AddressNotice of={notUnderstood} />
      <RowKeys of="tools" what="tool" />
      <Card>
        {items.length === 0 ? (
          <EmptyState icon={Wrench} title="No tools yet">
            Put a file into <code className="font-mono text-xs">{context.environment.toolsFolder}</code>; it is loaded
            as soon as it is saved.
          </EmptyState>
        ) : (
          <Table label="Tools" stacked rows="tools">
            <TableHeader>
              <TableRow>
                <TableHead>Tool</TableHead>
                <TableHead>Health</TableHead>
                <TableHead>Strategy</TableHead>
                <TableHead>Risk</TableHead>
                <TableHead>File</TableHead>
                <TableHead className="text-right">Version</TableHead>
                <TableHead>Owners</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {items.map((tool) => (
                <TableRow key={tool.name}>
                  <TableCell wide className="md:min-w-64 md:max-w-md">
                    <Link href={`/tools/${tool.name}`} className="block truncate font-medium hover:underline">
                      {tool.name}
                    </Link>
                    <p className="truncate text-muted-foreground text-xs">{tool.loadError ?? tool.description}</p>
                  </TableCell>
                  <TableCell>{tool.activeVersion !== null && <ToolStateBadge value={toolState(tool)} />}</TableCell>
                  <TableCell>{tool.activeVersion !== null && <StrategyBadge value={tool.strategy} />}</TableCell>
                  <TableCell>{tool.activeVersion !== null && <RiskBadge value={tool.riskLevel} />}</TableCell>
                  <TableCell>
                    <SyncBadge value={tool.syncState} />
                  </TableCell>
                  <TableCell className="text-right tabular-nums">
                    {tool.activeVersion === null ? (
                      "–"
                    ) : (
                      <Link href={`/tools/${tool.name}/versions`} className="text-link hover:underline">
                        <span className="md:hidden">v</span>
                        {tool.activeVersion}
                      </Link>
                    )}
                  </TableCell>
                  <TableCell className="text-muted-foreground">{tool.owners.join(", ")}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </Card>
    </>
  );
}
