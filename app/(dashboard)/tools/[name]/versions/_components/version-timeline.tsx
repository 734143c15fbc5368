"use client";
import { CircleDot } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { cn } from "#app/_ui/cn.ts";
import { Link } from "#app/_ui/link.tsx";
import { VerdictBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { callsInWords } from "#lib/queries/calls-in-words.ts";
import { headlineBeside } from "#lib/queries/review-lines.ts";
import type { VersionLine, VersionsPage } from "#lib/queries/versions-page.ts";
import { RollBackButton } from "../../../../_components/roll-back-button.tsx";

const ORIGINS: Record<VersionLine["origin"], string> = {
  disk: "from disk",
  proposal: "from a proposal",
  merge: "merged",
};
/** What was settled in Sync, by how the journal names it. */
const SYNCED: Readonly<Record<string, string>> = {
  "take the disk": "taken from disk",
  "take the database": "written to the file",
  merge: "merged",
};
const ACTS = { deploy: "deployed", rollback: "made active again", sync: "synced" } as const;

/** All versions, newest first. Two columns of buttons choose what the diff shows: left before, right after. */
export function VersionTimeline({ page }: { page: VersionsPage }) {
  const { lines, compared, tool } = page;
  const router = useRouter();
  const [pending, start] = useTransition();
  function compare(from: number, to: number): void {
    start(() => router.push(`/tools/${tool}/versions?from=${from}&to=${to}`, { scroll: false }));
  }
  return (
    <>
      {compared !== null && (
        <div aria-hidden className="flex w-fit px-3 pt-2 text-2xs text-muted-foreground">
          <span className="w-8 text-center">from</span>
          <span className="w-8 text-center">to</span>
        </div>
      )}
      <ol className={cn("divide-y transition-opacity", pending && "opacity-60")}>
        {lines.map((line) => (
          <li key={line.number} className={cn("flex gap-2 px-3 py-3", line.active && "bg-accent/50")}>
            {lines.length > 1 && compared !== null && (
              <fieldset className="flex shrink-0 pt-1" aria-label={`Compare version ${line.number}`}>
                <Pick
                  name="from"
                  label={`From version ${line.number}`}
                  checked={compared.from.number === line.number}
                  disabled={compared.to.number === line.number}
                  onPick={() => compare(line.number, compared.to.number)}
                />
                <Pick
                  name="to"
                  label={`To version ${line.number}`}
                  checked={compared.to.number === line.number}
                  disabled={compared.from.number === line.number}
                  onPick={() => compare(compared.from.number, line.number)}
                />
              </fieldset>
            )}
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
                <span className="font-semibold text-sm">v{line.number}</span>
                {line.active && (
                  <Badge tone="success">
                    <CircleDot aria-hidden />
                    Active
                  </Badge>
                )}
                {line.proposal !== null ? (
                  <Link href={`/proposals/${line.proposal.id}`} className="text-link text-xs hover:underline">
                    proposal {line.proposal.number}
                  </Link>
                ) : (
                  <span className="text-muted-foreground text-xs">{ORIGINS[line.origin]}</span>
                )}
                <span className="ml-auto text-muted-foreground text-xs">
                  <RelativeTime at={line.createdAt} />
                </span>
              </div>
              {(line.reason !== "" || line.origin !== "disk") && (
                <p className="mt-0.5 line-clamp-3 text-13 [overflow-wrap:anywhere]">
                  {line.reason || "No reason was given."}
                </p>
              )}
              <p className="mt-0.5 text-muted-foreground text-xs">
                {line.author !== "" && `${line.author} · `} {liveWords(line)} ·{" "}
                <code title={line.hash}>{line.hash.slice(0, 8)}</code> ·{" "}
                <Link href={`/tools/${tool}/versions/${line.number}`} className="text-link underline">
                  line by line
                </Link>
              </p>
              {line.watch !== null && (
                <p className="mt-1 text-muted-foreground text-xs">
                  {line.watch.words}, <RelativeTime at={line.watch.at} />
                </p>
              )}
              {line.evidence !== null && (
                <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground text-xs">
                  <VerdictBadge value={line.evidence.verdict} />
                  <span className="min-w-0 [overflow-wrap:anywhere]">{headlineBeside(line.evidence.headline)}</span>
                </p>
              )}
              {line.activations.length > 0 && (
                <ul className="mt-1 text-muted-foreground text-xs">
                  {line.activations.slice(0, 4).map(({ id, kind, actor, reason, startedAt }) => (
                    <li key={id} className="line-clamp-2 [overflow-wrap:anywhere]" title={reason}>
                      {kind === "sync" ? (SYNCED[reason] ?? ACTS.sync) : ACTS[kind]} by {actor.name}{" "}
                      <RelativeTime at={startedAt} />
                      {reason !== "" && !(kind === "sync" && reason in SYNCED) && `: ${reason}`}
                    </li>
                  ))}
                </ul>
              )}
              {!line.active && line.answered && page.mayRollBack && (
                <div className="mt-2">
                  <RollBackButton
                    tool={tool}
                    version={line.number}
                    activeVersion={page.activeVersion}
                    mode={page.mode}
                    reasonRequired={page.reasonRequired}
                  />
                </div>
              )}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

/** How it did while it was live, if it ever was. */
function liveWords(line: VersionLine): string {
  if (line.active || line.answered) return callsInWords(line);
  return line.takenBack ? `taken back, ${callsInWords(line)}` : "never live";
}

function Pick({
  name,
  label,
  checked,
  disabled,
  onPick,
}: {
  name: string;
  label: string;
  checked: boolean;
  disabled: boolean;
  onPick: () => void;
}) {
  return (
    <input
      type="radio"
      name={name}
      aria-label={label}
      title={label}
      checked={checked}
      disabled={disabled}
      onChange={onPick}
      className={cn("mx-[9px] size-3.5 accent-primary", disabled && "invisible")}
    />
  );
}
