import { Ban, CircleCheck, CircleStop, FlaskConicalOff, History, MessageSquareWarning } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Callout } from "#app/_ui/callout.tsx";
import { Card } from "#app/_ui/card.tsx";
import { lineChanges } from "#app/_ui/diff/line-changes.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { Actor } from "#lib/core/actor.ts";
import type { ProposalState } from "#lib/core/words.ts";
import { headlineBeside, successWords } from "#lib/queries/review-lines.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { AskAgain } from "./ask-again.tsx";
import { Background } from "./background.tsx";
import { CasesFoot } from "./cases-foot.tsx";
import { CasesPanel } from "./cases-panel.tsx";
import { Conversation, decidedWords } from "./conversation.tsx";
import { DecisionBar } from "./decision-bar.tsx";
import { DeploymentPanel } from "./deployment-panel.tsx";
import { JobCard } from "./job-card.tsx";
import { MergeStale } from "./merge-stale.tsx";
import { latencyQuantiles } from "./old-against-new.ts";
import { type News, OthersNews } from "./others-news.tsx";
import { ProposeAgain } from "./propose-again.tsx";
import { ReviewDiff } from "./review-diff.tsx";
import { ReviewLines } from "./review-lines.tsx";
import { TakeBack } from "./take-back.tsx";
import { TestAgain } from "./test-again.tsx";
import { threadsOf } from "./threads.ts";
import { Timeline } from "./timeline.tsx";
import { VersionsCompared } from "./versions-compared.tsx";

/** States in which a person may send a changed source. */
const EDITABLE: readonly ProposalState[] = ["awaiting_review", "changes_requested", "approved", "stale"];

/** States that no tests and no next attempt come after. */
const OVER: readonly ProposalState[] = ["cancelled", "rejected"];

/** States in which an approval can be taken back. */
const UNDEPLOYED: readonly ProposalState[] = ["awaiting_review", "approved", "simulated"];

/** The body of a review: why and verdict, the diff beside the cases, what is behind it, and the decision. */
export function Review({ page }: { page: ReviewPage }) {
  const { proposal, shown, base, job } = page;
  const askNew = page.opportunity !== null && page.mayOperate && <AskAgain opportunityId={page.opportunity.id} />;
  const ended = proposal.state === "cancelled" && page.end === null ? page.transitions.at(-1) : undefined;
  const sendAgain = shown !== null && page.mayOperate && (
    <ProposeAgain
      tool={proposal.tool}
      source={shown.source}
      rationale={page.words}
      purpose={proposal.purpose}
      opportunityId={proposal.opportunityId}
    />
  );
  const takeBack = page.canTakeBack && <TakeBack proposalId={proposal.id} />;
  const decided = page.decisions.at(-1);
  const latencies = latencyQuantiles(page.cases);
  const threads = shown === null ? [] : threadsOf(page.comments, page.revisions, shown);
  const newest = shown === null || shown.number === proposal.revision;
  return (
    <div className="flex flex-col gap-3">
      <OthersNews news={newsOf(page)} />
      {!newest && (
        <Callout
          tone="info"
          icon={History}
          title={`You look at revision ${shown.number}; revision ${proposal.revision} is the newest.`}
          action={
            <Button asChild variant="outline" size="sm">
              <Link href={`/proposals/${proposal.id}`}>Show the newest</Link>
            </Button>
          }
        >
          Decisions are made on the newest only.
        </Callout>
      )}
      {page.voided.length > 0 && (
        <Callout
          tone="warning"
          title={page.voided.length === 1 ? "An approval counts no longer." : "Approvals count no longer."}
        >
          <ul>
            {page.voided.map(({ by, why }) => (
              <li key={by}>
                {by}'s: {why}.
              </li>
            ))}
          </ul>
        </Callout>
      )}
      {isStale(page) && (
        <Callout
          tone="warning"
          title={`${proposal.tool} has changed since: version ${page.activeVersion ?? "none"} is active, and this was made for version ${proposal.baseVersion}.`}
          action={
            <span className="flex flex-wrap gap-2">
              <Button asChild variant="outline" size="sm">
                <Link
                  href={`/tools/${proposal.tool}/versions?from=${proposal.baseVersion}&to=${page.activeVersion ?? ""}`}
                >
                  See what changed
                </Link>
              </Button>
              {page.mayOperate && shown !== null && page.activeVersion !== null && (
                <MergeStale
                  id={proposal.id}
                  number={proposal.number}
                  tool={proposal.tool}
                  active={page.activeVersion}
                />
              )}
            </span>
          }
        >
          What was tested no longer stands beside what runs, so it cannot be approved. Merge it onto what runs now, or
          reject it and ask for a new fix.
        </Callout>
      )}
      {page.heldByFile && isDeployable(page) && (
        <Callout
          tone="info"
          title={`This is the edit that the file of ${proposal.tool} holds.`}
          action={
            <Button asChild variant="outline" size="sm">
              <Link href="/sync">Take it or drop it</Link>
            </Button>
          }
        >
          {page.asksOthers
            ? "It goes live when the disk is taken, which the approvals that are given here allow; taking the database drops it."
            : "Nobody has to decide on it here: taking the disk makes it live, taking the database drops it."}
        </Callout>
      )}
      {!isStale(page) && isDeployable(page) && page.mode === "real" && page.fileDiffers && !page.heldByFile && (
        <Callout
          tone="warning"
          title={`The file of ${proposal.tool} is not what runs: nothing can be deployed onto it before that is settled.`}
          action={
            <Button asChild variant="outline" size="sm">
              <Link href="/sync">Settle it</Link>
            </Button>
          }
        >
          It was edited, moved or broken on disk since version {page.activeVersion ?? "none"} was written there.
        </Callout>
      )}
      {page.canTakeBack && decided?.decision === "approve" && UNDEPLOYED.includes(proposal.state) && (
        <Callout tone="info" icon={CircleCheck} title={`${decided.actor.name} approved it.`} action={takeBack}>
          {proposal.state === "simulated"
            ? "In simulated mode: nothing was written, and nothing is deployed by it."
            : "Nothing is deployed by it yet."}
        </Callout>
      )}
      {decided !== undefined && proposal.state === "rejected" && (
        <Callout tone="info" icon={Ban} title={`${decided.actor.name} rejected it.`} action={takeBack}>
          <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{decided.reason}</p>
        </Callout>
      )}
      {proposal.state === "changes_requested" && (
        <Callout
          tone="warning"
          icon={MessageSquareWarning}
          title="Changes were requested."
          action={
            <>
              {askNew}
              {takeBack}
            </>
          }
        >
          <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">
            {page.decisions.findLast(({ decision }) => decision === "request_changes")?.reason}
          </p>
          <p className="text-muted-foreground">The next attempt reads this, and the comments.</p>
        </Callout>
      )}
      {ended !== undefined && (
        <Callout
          tone="info"
          icon={Ban}
          title="This proposal ended without a decision; no tool was changed by it."
          action={page.opportunity?.state === "open" ? askNew : sendAgain}
        >
          {page.stopped === null ? `${ended.actor.name}: ${ended.reason}` : sentence(ended.reason)},{" "}
          <RelativeTime at={ended.at} />.
        </Callout>
      )}
      {page.stopped !== null && proposal.state === "awaiting_review" && (
        <Callout
          tone="warning"
          icon={CircleStop}
          title={`${sentence(page.stopped.reason)}.`}
          action={page.mayOperate && <TestAgain proposalId={proposal.id}>Run the tests</TestAgain>}
        >
          Stopped <RelativeTime at={page.stopped.at} />. They do not run again by themselves.
        </Callout>
      )}
      {job !== null && <JobCard job={job} proposalId={proposal.id} mayOperate={page.mayOperate} />}
      <DeploymentPanel page={page} />
      <ReviewLines page={page} />
      {shown !== null && base !== null ? (
        <div className="grid gap-3 lg:grid-cols-[minmax(0,1.65fr)_minmax(20rem,1fr)]">
          <ReviewDiff
            proposalId={proposal.id}
            revision={shown.number}
            about={{
              tool: proposal.tool,
              purpose: proposal.purpose,
              ...(proposal.opportunityId === undefined ? {} : { opportunityId: proposal.opportunityId }),
            }}
            editable={page.against === null && newest && page.mayOperate && EDITABLE.includes(proposal.state)}
            original={page.against?.source ?? base.source}
            modified={shown.source}
            changes={lineChanges(page.against?.source ?? base.source, shown.source)}
            originalLabel={page.against === null ? `v${base.number}` : `revision ${page.against.number}`}
            modifiedLabel={newest && page.against === null ? "proposed" : `revision ${shown.number}`}
            coverage={coverageOf(page)}
            mayComment={page.mayOperate}
            threads={threads}
          />
          <CasesPanel
            cases={page.cases}
            said={page.said}
            noisePaths={page.evidence?.summary.noisePaths ?? []}
            tested={page.evidence !== null}
            untested={
              OVER.includes(proposal.state)
                ? "The proposal ended before its tests."
                : page.stopped === null
                  ? null
                  : "The tests were stopped before they had a result."
            }
            baseVersion={base.number}
            proposalId={newest && page.mayOperate ? proposal.id : null}
            waits={proposal.state === "awaiting_review"}
          >
            <CasesFoot page={page} />
          </CasesPanel>
        </div>
      ) : (
        proposal.state === "no_fix" && (
          <Card>
            <EmptyState icon={FlaskConicalOff} title="No fix was found" action={askNew}>
              None of the attempts was good enough to propose. Those that came nearest are below: open one to see what
              it mends and what it misses, and start from it to finish it by hand.
            </EmptyState>
          </Card>
        )
      )}
      {/* Below what is seen at first: it is laid out when one comes near. The space around is for shadows and outlines. */}
      <div className="-m-1 grid items-start gap-3 p-1 [contain-intrinsic-size:auto_60rem] [content-visibility:auto] lg:grid-cols-[minmax(0,1.65fr)_minmax(20rem,1fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          {page.evidence !== null && base !== null && latencies.length > 0 && (
            <VersionsCompared
              points={latencies}
              base={base.number}
              good={`${successWords(page.evidence)} of ${page.evidence.summary.ab.n}`}
            />
          )}
          <Background page={page} />
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          {shown !== null && (
            <Conversation
              proposalId={proposal.id}
              revision={shown.number}
              comments={page.comments}
              threads={threads}
              decisions={page.decisions}
              mayComment={page.mayOperate}
              lines={shown.source.split("\n").length}
              over={proposal.state === "cancelled"}
            />
          )}
          <Timeline transitions={page.transitions} end={page.end} />
        </div>
      </div>
      {newest && <DecisionBar page={decisionFacts(page)} />}
    </div>
  );
}

/** What other people did and said here, each with a key of its own: what is new among it is pointed at. */
function newsOf({ decisions, comments, revisions, viewer }: ReviewPage): News[] {
  const mine = ({ actor }: { actor: Actor }): boolean => actor.kind === viewer.kind && actor.id === viewer.id;
  return [
    ...decisions.map((one) => ({
      key: `decision-${one.id}`,
      mine: mine(one),
      text: decidedWords(one),
      detail: one.reason,
    })),
    ...comments.map((one) => ({
      key: `comment-${one.id}`,
      mine: mine(one),
      text: `${one.actor.name} commented${one.line === undefined ? "" : ` on line ${one.line}`}.`,
      detail: one.text,
    })),
    ...revisions.map((one, index) => ({
      key: `revision-${one.number}`,
      mine: one.author.kind === "machine" || mine({ actor: one.author }),
      text: `${one.author.name} sent revision ${one.number}.`,
      // One that says nothing new carries the words of the one before, which are somebody else's.
      detail: one.rationale === revisions[index - 1]?.rationale ? "" : one.rationale,
    })),
  ].flatMap(({ mine: own, ...one }) => (own ? [] : [one]));
}

/** How many cases passed each line; of another left side than the base, nothing is known. */
function coverageOf({ evidence, against }: ReviewPage) {
  const coverage = evidence?.summary.coverage;
  return coverage === undefined || against === null ? coverage : { ...coverage, base: null };
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isStale(page: ReviewPage): boolean {
  const { proposal, activeVersion } = page;
  return proposal.state === "stale" || (isDeployable(page) && activeVersion !== proposal.baseVersion);
}

/** Whether a deployment is the next step; what was simulated waits for one once the mode is real. */
function isDeployable({ proposal: { state }, mode }: ReviewPage): boolean {
  return state === "awaiting_review" || state === "approved" || (state === "simulated" && mode === "real");
}

/** What of the page the decision bar needs in the browser. */
function decisionFacts(page: ReviewPage) {
  const { proposal, place, evidence, mode, decidable, approveWords, warnings, digest, nextVersion } = page;
  return {
    id: proposal.id,
    number: proposal.number,
    tool: proposal.tool,
    state: proposal.state,
    revision: proposal.revision,
    verdict: evidence?.verdict ?? null,
    headline: headlineBeside(evidence?.headline ?? ""),
    next: place.next ?? place.previous,
    mode,
    decidable,
    approveWords,
    warnings: [...warnings],
    digest,
    nextVersion,
    mayDeploy: page.mayDeploy,
    reasonRequired: page.reasonRequired,
    monitorCalls: page.monitorCalls,
    manual: evidence?.strategy === "manual",
    approvals: page.approvals,
  };
}
export type DecisionFacts = ReturnType<typeof decisionFacts>;
