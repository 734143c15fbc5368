import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { Card, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Link } from "#app/_ui/link.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { isProblem } from "#lib/core/problem.ts";
import { authorWords } from "#lib/queries/author-words.ts";
import { type BlameView, showBlame } from "#lib/queries/versions.ts";

type Props = { params: Promise<{ name: string; number: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, number } = await params;
  return { title: `Lines of ${decodeURIComponent(name)} v${number}` };
}

async function read({ params }: Props): Promise<BlameView> {
  const { name, number } = await params;
  if (!/^[1-9]\d{0,8}$/.test(number)) notFound();
  try {
    return await showBlame(await getContext(), { name: decodeURIComponent(name), number: Number(number) });
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
}

/** One version's source, each line beside who brought it in and the proposal that did. */
export default async function BlamePage(props: Props) {
  const { tool, number, lines, versions } = await read(props);
  const origin = new Map(versions.map((version) => [version.number, version]));
  return (
    <>
      <PageHeader
        title={
          <>
            <Link href={`/tools/${tool}/versions`} className="font-mono hover:underline">
              {tool}
            </Link>
            <span className="font-normal text-muted-foreground">version {number}, line by line</span>
          </>
        }
        description="Each line with the version that brought it in, and why."
      />
      <Card>
        <CardHeader>
          <CardTitle>
            {lines.length} lines from {versions.length} {versions.length === 1 ? "version" : "versions"}
          </CardTitle>
        </CardHeader>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines scroll, for the keyboard too */}
        <section className="overflow-x-auto" tabIndex={0} aria-label="Lines with their versions">
          <table className="w-full border-collapse text-xs">
            <thead className="sr-only">
              <tr>
                <th>Version</th>
                <th>Line</th>
                <th>Source</th>
              </tr>
            </thead>
            <tbody className="font-mono">
              {lines.map(({ line, text, version }, index) => {
                const from = origin.get(version);
                const begins = lines[index - 1]?.version !== version;
                return (
                  <tr key={line} className={begins ? "border-t" : undefined}>
                    <td className="w-72 max-w-72 truncate px-3 align-top font-sans text-muted-foreground">
                      {begins && from !== undefined && (
                        <span title={from.reason}>
                          {from.proposalId === null ? (
                            `v${version}`
                          ) : (
                            <Link href={`/proposals/${from.proposalId}`} className="text-link hover:underline">
                              v{version}
                            </Link>
                          )}{" "}
                          {authorWords(from, []) || "from disk"}, <RelativeTime at={from.createdAt} />
                        </span>
                      )}
                    </td>
                    <td className="w-12 select-none px-2 text-right align-top text-muted-foreground">{line}</td>
                    <td className="whitespace-pre px-3 leading-5">{text}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      </Card>
    </>
  );
}
