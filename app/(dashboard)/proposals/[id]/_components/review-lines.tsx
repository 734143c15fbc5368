import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { StrategyBadge, VerdictBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { ProposalState } from "#lib/core/words.ts";
import { type AlsoItem, headlineBeside } from "#lib/queries/review-lines.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { SettleActions } from "./settle-actions.tsx";
import { TestAgain } from "./test-again.tsx";

/** What stands in the verdict's place where there is no evidence. */
const UNTESTED: Partial<Record<ProposalState, string>> = {
  generating: "A fix is being written; it is tested before you are asked.",
  no_fix: "There is nothing to judge.",
  cancelled: "None: it ended before it was tested.",
  rejected: "None: it was rejected before it was tested.",
};

/** Why, verdict, and what else: the three lines that answer "is this safe, and how do you know?". */
export function ReviewLines({ page }: { page: ReviewPage }) {
  const { evidence, lines, why, opportunity, proposal } = page;
  return (
    <Card className="divide-y">
      <Line name="Why">
        <div className="flex flex-col gap-0.5">
          <p className="text-sm">{inert(why.text)}</p>
          <ul className="flex flex-wrap gap-x-3 gap-y-1 text-13 text-muted-foreground">
            {why.facts.map((fact) => (
              <li key={fact}>{inert(fact)}</li>
            ))}
            {opportunity !== null && (
              <li>
                <Link href={`/opportunities/${opportunity.id}`} className="font-medium text-link hover:underline">
                  Failures
                </Link>
              </li>
            )}
            {opportunity !== null && (
              <li>
                <Link href={`/tools/${proposal.tool}`} className="font-medium text-link hover:underline">
                  Timeline
                </Link>
              </li>
            )}
          </ul>
        </div>
      </Line>
      <Line name="Verdict">
        {evidence === null || lines === null ? (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <p className="text-muted-foreground">
              {UNTESTED[proposal.state] ??
                (page.stopped === null ? "Not tested yet." : "None: its tests were stopped.")}
            </p>
            {/* Of tests that were stopped the head of the page says so, with this button. */}
            {proposal.state === "awaiting_review" && page.stopped === null && page.mayOperate && (
              <TestAgain proposalId={proposal.id}>Run the tests</TestAgain>
            )}
          </div>
        ) : (
          <div className="flex flex-col gap-1.5">
            <div className="flex flex-wrap items-start gap-x-3 gap-y-1.5">
              <VerdictBadge value={evidence.verdict} size="lg" />
              <p className="min-w-0 flex-1 basis-80 pt-0.5 font-medium text-sm">
                {inert(headlineBeside(evidence.headline))}
              </p>
              {/* The newest revision is tested, whichever one looks at. */}
              {page.shown?.number === proposal.revision && proposal.state === "awaiting_review" && page.mayOperate && (
                <TestAgain proposalId={proposal.id} />
              )}
            </div>
            <p className="flex flex-wrap gap-x-4 gap-y-0.5 text-13 text-muted-foreground">
              {lines.targets !== null && <span>{lines.targets}</span>}
              <span>{lines.comparison}</span>
              {lines.latency !== null && <span>{lines.latency}</span>}
              {evidence.verdict !== "passed" && lines.agreement !== null && <span>{lines.agreement}</span>}
            </p>
            {lines.shadow !== null && (
              <p className="flex items-baseline gap-2 text-13">
                <span
                  aria-hidden
                  className="size-2 shrink-0 translate-y-[-1px] animate-pulse rounded-full bg-success motion-reduce:animate-none"
                />
                <span className="min-w-0">
                  <span className="font-medium">Live:</span> {lines.shadow}
                </span>
              </p>
            )}
            {evidence.summary.validationErrors.length > 0 && (
              <ul className="list-disc pl-5 text-13 text-danger">
                {evidence.summary.validationErrors.map((error) => (
                  <li key={error}>{error}</li>
                ))}
              </ul>
            )}
            {lines.settle.length > 0 && (
              <div className="flex flex-wrap gap-x-2 text-13">
                <span className="text-muted-foreground">Would settle it:</span>
                <ul className="flex min-w-0 flex-1 basis-80 flex-col">
                  {lines.settle.map((way) => (
                    <li key={way}>{way}</li>
                  ))}
                </ul>
              </div>
            )}
            {evidence.verdict === "inconclusive" && proposal.state === "awaiting_review" && (
              <SettleActions
                id={proposal.id}
                number={proposal.number}
                tool={proposal.tool}
                look={lines.look}
                waits={lines.waits}
                mayApprove={page.decidable.approve}
              />
            )}
          </div>
        )}
      </Line>
      {evidence !== null && lines !== null && (
        <Line name="Also">
          <ul className="flex flex-wrap items-center gap-x-4 gap-y-1 text-13">
            {lines.also.map((item) => (
              <li key={item.subject}>
                <AlsoText item={item} />
              </li>
            ))}
            <li>
              Base cases{" "}
              <strong className="font-medium">
                {evidence.summary.baseCases.passed} of {evidence.summary.baseCases.total}
              </strong>
            </li>
            <li className="flex items-center gap-1.5">
              <StrategyBadge value={evidence.strategyUsed} />
              {evidence.strategyUsed !== evidence.strategy && (
                <span className="text-muted-foreground text-xs">(classified {evidence.strategy})</span>
              )}
            </li>
            <li className="text-muted-foreground text-xs">
              snapshot {evidence.number}, tested <RelativeTime at={evidence.createdAt} />
            </li>
          </ul>
          {(evidence.summary.notTested.length > 0 || evidence.summary.noisePaths.length > 0) && (
            <p className="mt-1 text-13 [overflow-wrap:anywhere]">
              <span className="mr-2 font-medium text-2xs text-warning uppercase tracking-wide">Not tested</span>
              <span className="text-muted-foreground">
                {[
                  ...evidence.summary.notTested,
                  ...(evidence.summary.noisePaths.length > 0
                    ? [
                        `${evidence.summary.noisePaths.length} noise path${evidence.summary.noisePaths.length === 1 ? "" : "s"} ignored: ${evidence.summary.noisePaths.slice(0, 5).join(", ")}${evidence.summary.noisePaths.length > 5 ? ", …" : ""}`,
                      ]
                    : []),
                ].join(" · ")}
              </span>
            </p>
          )}
        </Line>
      )}
    </Card>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="grid gap-x-3 gap-y-1 px-4 py-2.5 sm:grid-cols-[4.5rem_minmax(0,1fr)]">
      <h2 className="pt-0.5 font-medium text-2xs text-muted-foreground uppercase tracking-wide">{name}</h2>
      <div className="min-w-0 [overflow-wrap:anywhere]">{children}</div>
    </section>
  );
}

const STATES = {
  same: { icon: CircleCheck, ink: "text-muted-foreground", word: "same" },
  changed: { icon: CircleAlert, ink: "text-warning", word: "changed" },
  wider: { icon: TriangleAlert, ink: "text-danger", word: "wider" },
  unread: { icon: CircleAlert, ink: "text-muted-foreground", word: "not read" },
} as const;

function AlsoText({ item }: { item: AlsoItem }) {
  const { icon: Icon, ink, word } = STATES[item.state];
  if (item.state === "same" || item.state === "unread")
    return (
      <span className="inline-flex items-center gap-1">
        {item.subject} <span className="text-muted-foreground">{word}</span>
      </span>
    );
  return (
    <Badge tone={item.state === "wider" ? "danger" : "warning"} size="lg" className={cn("whitespace-normal", ink)}>
      <Icon aria-hidden />
      {item.subject} {word}: {item.details.join("; ")}
    </Badge>
  );
}
