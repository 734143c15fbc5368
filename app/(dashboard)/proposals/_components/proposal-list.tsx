import { Link } from "#app/_ui/link.tsx";
import { ProposalStateBadge, VerdictBadge } from "#app/_ui/status-badge.tsx";
import { RowTime } from "#app/_ui/time.tsx";
import type { ProposalLine } from "#lib/queries/proposals-page.ts";
import { sourceWords } from "../[id]/_components/origin-words.ts";
import { ListKeys } from "./list-keys.tsx";

/** Proposals as lines of which the whole is a link; j and k go through those that wait. */
export function ProposalList({ lines, label }: { lines: readonly ProposalLine[]; label: string }) {
  return (
    <>
      {lines[0]?.group === "waiting" && <ListKeys />}
      <ul aria-label={label} className="divide-y" {...(lines[0]?.group === "waiting" ? { id: "waiting" } : {})}>
        {lines.map((line) => (
          <li key={line.id} className="relative px-4 py-2.5 hover:bg-muted/60">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Link
                href={`/proposals/${line.id}`}
                className="min-w-0 font-mono font-semibold text-13 [overflow-wrap:anywhere] after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-ring focus-visible:after:outline-offset-[-2px]"
              >
                {line.tool}
              </Link>
              <span className="text-muted-foreground text-xs">
                v{line.baseVersion} → proposal {line.number}
                {line.revision > 1 && `, revision ${line.revision}`}
              </span>
              <span className="flex items-center gap-2 sm:ml-auto">
                {line.verdict !== null && line.group === "waiting" && <VerdictBadge value={line.verdict} />}
                {(line.group !== "waiting" || line.state !== "awaiting_review") && (
                  <ProposalStateBadge value={line.state} end={line.end} watch={line.watch} />
                )}
                <RowTime at={line.since} className="min-w-16 text-muted-foreground text-xs sm:text-right" />
              </span>
            </div>
            <p className="mt-0.5 line-clamp-2 text-13 text-muted-foreground">
              {line.headline ??
                (line.state === "no_fix" ? "No candidate was better than what runs now." : "Not tested yet.")}
              {line.origin !== null && <span> {sourceWords(line.origin)}.</span>}
            </p>
          </li>
        ))}
      </ul>
    </>
  );
}
