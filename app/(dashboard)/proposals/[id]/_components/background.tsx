import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { changesOf } from "#app/_ui/diff/changes.ts";
import { DiffText } from "#app/_ui/diff/diff-text.tsx";
import { lineChanges } from "#app/_ui/diff/line-changes.ts";
import { inert } from "#app/_ui/displayable.ts";
import { StrategyBadge } from "#app/_ui/status-badge.tsx";
import type { Attempt } from "#lib/core/proposal.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { originWords } from "./origin-words.ts";
import { ProposeAgain } from "./propose-again.tsx";

const OUTCOMES: Record<Attempt["outcome"], { text: string; tone: "success" | "neutral" | "warning" | "danger" }> = {
  proposed: { text: "Proposed", tone: "success" },
  kept: { text: "Kept aside", tone: "neutral" },
  not_better: { text: "Not enough", tone: "neutral" },
  failed: { text: "Failed its tests", tone: "danger" },
  invalid: { text: "Invalid", tone: "warning" },
};

/** What stands behind the change, below the evidence: rationale, where it came from, the other attempts, how it may be tested. */
export function Background({ page }: { page: ReviewPage }) {
  const { proposal, shown, recommendation, base, opportunity } = page;
  // A revision that says nothing new keeps the words of the one before, and they stay their author's.
  const worded = page.revisions.find(({ rationale }) => rationale === shown?.rationale) ?? shown;
  // What was sent begins with where it went, whatever came of it.
  const sentTo = shown?.origin.host ?? /^Sent to ([^,\n]+)/.exec(proposal.prompt ?? "")?.[1];
  return (
    <>
      {opportunity !== null && opportunity.findings.length > 0 && (
        <Card id="root-cause">
          <CardHeader>
            <CardTitle>Root cause</CardTitle>
            <span className="text-muted-foreground text-xs">what the investigation found</span>
          </CardHeader>
          <CardContent>
            <ul className="ml-4 list-disc space-y-1 text-13 marker:text-muted-foreground">
              {opportunity.findings.map((finding) => (
                <li key={finding} className="[overflow-wrap:anywhere]">
                  {inert(finding)}
                </li>
              ))}
            </ul>
          </CardContent>
        </Card>
      )}
      {shown !== null && worded !== null && (
        <Card id="background">
          <CardHeader>
            <CardTitle>The author's own words</CardTitle>
            <span className="text-muted-foreground text-xs">
              {originWords(worded.origin)}
              {worded.number !== shown.number && `, of revision ${worded.number}`}
            </span>
          </CardHeader>
          <CardContent>
            <p className="max-w-prose whitespace-pre-wrap text-13 [overflow-wrap:anywhere]">
              {shown.rationale || "No rationale was given."}
            </p>
          </CardContent>
        </Card>
      )}
      {proposal.attempts.length > 0 && (
        <Card>
          <CardHeader>
            <CardTitle>Attempts</CardTitle>
            <span className="text-muted-foreground text-xs">
              {proposal.attempts.length} kept of those that were tried,{" "}
              {proposal.attempts.filter(({ outcome }) => outcome === "proposed").length} proposed
            </span>
          </CardHeader>
          <ol className="divide-y">
            {numbered(proposal.attempts).map(({ attempt, index }) => (
              <li key={index}>
                <AttemptRow attempt={attempt} number={index + 1} base={base?.source ?? ""}>
                  {shown === null && page.mayOperate && attempt.source !== "" && (
                    <ProposeAgain
                      tool={proposal.tool}
                      source={attempt.source}
                      rationale={`Begun from attempt ${index + 1} of proposal ${proposal.number}, by ${attempt.origin.name}. ${attempt.rationale}`.trim()}
                      purpose={proposal.purpose}
                      opportunityId={proposal.opportunityId}
                    >
                      Start from this attempt
                    </ProposeAgain>
                  )}
                </AttemptRow>
              </li>
            ))}
          </ol>
        </Card>
      )}
      <Card>
        <CardHeader>
          <CardTitle>How this tool may be tested</CardTitle>
          <StrategyBadge value={recommendation.strategy} />
          <span className="text-muted-foreground text-xs">
            {recommendation.riskLevel} risk ·{" "}
            {recommendation.safeForAutoDeployment
              ? "may deploy without a person, if policy allows"
              : "a person decides"}
          </span>
        </CardHeader>
        <CardContent className="flex flex-col gap-3 text-13">
          <ol className="ml-4 list-decimal space-y-1 text-muted-foreground marker:text-xs">
            {recommendation.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          {recommendation.warnings.length > 0 && (
            <ul className="ml-4 list-disc space-y-1 text-warning">
              {recommendation.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
        </CardContent>
      </Card>
      {proposal.prompt !== undefined && proposal.prompt !== "" && (
        <Card>
          <Fold
            title={sentTo === undefined ? "What the generator was given" : "What was sent to the model"}
            hint={sentTo === undefined ? "no model was asked" : `sent to ${sentTo}`}
          >
            <CodeBlock text={proposal.prompt} label="prompt" className="max-h-96" />
          </Fold>
        </Card>
      )}
    </>
  );
}

function AttemptRow({
  attempt,
  number,
  base,
  children,
}: {
  attempt: Attempt;
  number: number;
  base: string;
  children: ReactNode;
}) {
  const { text, tone } = OUTCOMES[attempt.outcome];
  const changes = changesOf(base, attempt.source, lineChanges(base, attempt.source));
  return (
    <details className="group">
      <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 text-13 hover:bg-muted/60">
        <ChevronRight
          className="size-3.5 shrink-0 text-muted-foreground transition-transform group-open:rotate-90"
          aria-hidden
        />
        <span className="w-5 text-muted-foreground">{number}</span>
        <Badge tone={tone}>{text}</Badge>
        <span className="min-w-0 flex-1 truncate" title={attempt.origin.name}>
          {attempt.origin.name}
        </span>
        <span className="text-muted-foreground text-xs max-sm:w-full max-sm:pl-15">
          {attempt.outcome === "invalid"
            ? "never ran"
            : `${attempt.met} met · ${attempt.regressions} ${attempt.regressions === 1 ? "regression" : "regressions"}`}
        </span>
      </summary>
      <div className="flex flex-col gap-2 px-4 pb-3 pl-11 text-13">
        {attempt.origin.kind === "model" && (
          <p className="text-muted-foreground text-xs">{inert(originWords(attempt.origin))}</p>
        )}
        {attempt.detail !== "" && <p className="text-muted-foreground">{inert(attempt.detail)}</p>}
        {attempt.rationale !== "" && attempt.rationale !== attempt.detail && <p>{attempt.rationale}</p>}
        {attempt.source !== "" && <DiffText changes={changes} className="max-h-80 rounded-md border" />}
        {children !== false && <div>{children}</div>}
      </div>
    </details>
  );
}

function Fold({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <details className="group">
      <summary className="flex min-h-11 list-none items-center gap-2 px-4 py-2 text-13">
        <ChevronRight
          className="size-3.5 text-muted-foreground transition-transform group-open:rotate-90"
          aria-hidden
        />
        <h2 className="font-semibold">{title}</h2>
        <span className="text-muted-foreground text-xs">{hint}</span>
      </summary>
      <div className="px-4 pb-4">{children}</div>
    </details>
  );
}

/** In the order in which they were tried, but for those that never ran: they tell least. */
function numbered(attempts: readonly Attempt[]): { attempt: Attempt; index: number }[] {
  return attempts
    .map((attempt, index) => ({ attempt, index }))
    .sort((a, b) => Number(a.attempt.outcome === "invalid") - Number(b.attempt.outcome === "invalid"));
}
