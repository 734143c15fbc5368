import { History } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { lineChanges } from "#app/_ui/diff/line-changes.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { ModeBadge } from "#app/_ui/mode-badge.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { getContext } from "#app/context.ts";
import { isProblem } from "#lib/core/problem.ts";
import { readVersionsPage, type VersionsPage } from "#lib/queries/versions-page.ts";
import { AddressNotice } from "../../../_components/address-notice.tsx";
import type { Search } from "../../../_components/read-filters.ts";
import { RollBackButton } from "../../../_components/roll-back-button.tsx";
import { CompareDiff } from "./_components/compare-diff.tsx";
import { notCompared, versionAsked } from "./_components/comparison-asked.ts";
import { VersionTimeline } from "./_components/version-timeline.tsx";

type Props = { params: Promise<{ name: string }>; searchParams: Promise<Search> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Versions of ${decodeURIComponent((await params).name)}` };
}

async function read({ params, searchParams }: Props): Promise<VersionsPage> {
  const [{ name }, search] = await Promise.all([params, searchParams]);
  try {
    return await readVersionsPage(await getContext(), {
      name: decodeURIComponent(name),
      from: versionAsked(search, "from"),
      to: versionAsked(search, "to"),
    });
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
}

export default async function VersionsPageView(props: Props) {
  const page = await read(props);
  const { tool, lines, compared, only, mode, activeVersion, previousActive } = page;
  return (
    <>
      <PageHeader
        title={
          <>
            <Link href={`/tools/${tool}`} className="font-mono hover:underline">
              {tool}
            </Link>
            <span className="font-normal text-muted-foreground">versions</span>
          </>
        }
        description="Every source that ever ran, with who, why and how it did. Nothing is ever overwritten."
        actions={
          <>
            <ModeBadge value={mode} size="lg" />
            {page.mayRollBack && previousActive !== null && (
              <RollBackButton
                tool={tool}
                version={previousActive}
                activeVersion={activeVersion}
                mode={mode}
                reasonRequired={page.reasonRequired}
                size="default"
              />
            )}
          </>
        }
      />
      <AddressNotice
        of={notCompared(
          `/tools/${tool}/versions`,
          await props.searchParams,
          lines.map(({ number }) => number),
        )}
      />
      {lines.length === 0 ? (
        <Card>
          <EmptyState icon={History} title="No version yet">
            The file never loaded. Repair <code className="font-mono text-xs">tools/{tool}.ts</code>; its first version
            appears here as soon as it does.
          </EmptyState>
        </Card>
      ) : (
        <div className="grid items-start gap-4 xl:grid-cols-[26rem_minmax(0,1fr)]">
          <Card>
            <CardHeader>
              <CardTitle>History</CardTitle>
              <span className="text-muted-foreground text-xs">
                {lines.length} {lines.length === 1 ? "version" : "versions"}
                {lines.length > 1 && "; pick two to compare"}
              </span>
            </CardHeader>
            <VersionTimeline page={page} />
          </Card>
          {compared !== null && (
            <CompareDiff
              tool={tool}
              from={compared.from}
              to={compared.to}
              changes={lineChanges(compared.from.source, compared.to.source)}
            />
          )}
          {only !== null && (
            <Card>
              <CardHeader>
                <CardTitle>Source of version {only.number}</CardTitle>
                <span className="text-muted-foreground text-xs">
                  Nothing to compare yet: a second version appears when a change is deployed, or when the file on disk
                  changes.
                </span>
              </CardHeader>
              <CardContent>
                <CodeBlock text={only.source} label={`Source of ${tool}`} lineNumbers copy />
              </CardContent>
            </Card>
          )}
        </div>
      )}
    </>
  );
}
