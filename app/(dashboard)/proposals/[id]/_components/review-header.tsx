import { ChevronLeft, ChevronRight } from "lucide-react";
import { buttonVariants } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { Link } from "#app/_ui/link.tsx";
import { ModeBadge } from "#app/_ui/mode-badge.tsx";
import { ProposalStateBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { PlaceKeys } from "./place-keys.tsx";
import { Revisions } from "./revisions.tsx";

/** Which proposal this is, where it stands among the waiting ones, and what approving it would write. */
export function ReviewHeader({ page }: { page: ReviewPage }) {
  const { proposal, place, owners, mode, revisions, shown } = page;
  const since = page.watch?.at ?? page.transitions.at(-1)?.at ?? proposal.createdAt;
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-13">
      <nav aria-label="Waiting proposals" className={cn("flex items-center gap-1", place.count === 0 && "hidden")}>
        <PlaceKeys previous={place.previous} next={place.next} />
        <Step to={place.previous} label="Previous waiting proposal (k)" icon={ChevronLeft} />
        <span className="min-w-24 text-center text-muted-foreground">
          {place.position > 0 ? `Waiting ${place.position} of ${place.count}` : `${place.count} waiting`}
        </span>
        <Step to={place.next} label="Next waiting proposal (j)" icon={ChevronRight} />
      </nav>
      {place.count > 0 && <span className="h-4 w-px bg-border max-sm:hidden" />}
      <Link
        href={`/tools/${proposal.tool}`}
        className="min-w-0 font-mono font-semibold text-sm [overflow-wrap:anywhere] hover:underline"
      >
        {proposal.tool}
      </Link>
      <span className="whitespace-nowrap">
        v{proposal.baseVersion} <span className="text-muted-foreground">→</span> proposal {proposal.number}
      </span>
      {revisions.length > 1 ? (
        <Revisions
          proposalId={proposal.id}
          numbers={revisions.map(({ number }) => number)}
          shown={shown?.number ?? proposal.revision}
          against={page.against?.number ?? null}
        />
      ) : (
        proposal.revision > 0 && <span className="text-muted-foreground">revision {proposal.revision}</span>
      )}
      {owners.length > 0 && <span className="text-muted-foreground">owners: {owners.join(", ")}</span>}
      <span className="flex items-center gap-2 sm:ml-auto">
        <ProposalStateBadge value={proposal.state} end={page.end} watch={page.watch} size="lg" />
        <RelativeTime at={since} className="text-muted-foreground text-xs" />
        <ModeBadge value={mode} size="lg" />
      </span>
    </div>
  );
}

function Step({ to, label, icon: Icon }: { to: string | null; label: string; icon: typeof ChevronLeft }) {
  const classes = buttonVariants({ variant: "outline", size: "icon-sm" });
  return to === null ? (
    <span className={cn(classes, "opacity-40")} aria-hidden>
      <Icon />
    </span>
  ) : (
    <Link href={`/proposals/${to}`} className={classes} aria-label={label} title={label}>
      <Icon aria-hidden />
    </Link>
  );
}
