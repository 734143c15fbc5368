import { CircleAlert, FileWarning, GitMerge, ListChecks, type LucideIcon, TrendingDown } from "lucide-react";
import { inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { VerdictBadge } from "#app/_ui/status-badge.tsx";
import { RowTime } from "#app/_ui/time.tsx";
import type { Need } from "#lib/queries/overview-page.ts";

const ICONS: Record<Need["kind"], LucideIcon> = {
  proposal: ListChecks,
  opportunity: CircleAlert,
  regression: TrendingDown,
  conflict: GitMerge,
  unloadable: FileWarning,
};

/** What waits for a person, the whole line a link. */
export function NeedList({ needs }: { needs: readonly Need[] }) {
  return (
    <ul className="divide-y">
      {needs.map((need) => {
        const Icon = ICONS[need.kind];
        return (
          <li
            key={`${need.kind} ${need.href} ${need.title}`}
            className="relative flex items-start gap-3 px-4 py-2.5 hover:bg-muted/60"
          >
            <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
            <div className="min-w-0 flex-1">
              <Link
                href={need.href}
                className="font-medium text-13 after:absolute after:inset-0 [overflow-wrap:anywhere]"
              >
                {inert(need.title)}
              </Link>
              <p className="line-clamp-4 text-13 [overflow-wrap:anywhere] text-muted-foreground">
                {inert(need.detail)}
              </p>
            </div>
            <div className="flex shrink-0 flex-col items-end gap-1 text-muted-foreground text-xs">
              {need.verdict !== null && <VerdictBadge value={need.verdict} />}
              {need.at !== null && <RowTime at={need.at} />}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
