import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { PageHeader } from "#app/_ui/page-header.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import {
  AttributionBadge,
  OpportunityKindBadge,
  OpportunityStateBadge,
  ProposalStateBadge,
} from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { saySpan } from "#lib/core/bad-calls.ts";
import type { Opportunity, Statistics } from "#lib/core/opportunity.ts";
import { isProblem } from "#lib/core/problem.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import type { Attribution, OpportunityKind } from "#lib/core/words.ts";
import { failuresCounted, failuresEarlier } from "#lib/queries/counted-calls.ts";
import { type OpportunityPageView, type Resolution, readOpportunityPage } from "#lib/queries/opportunity-page.ts";
import { findingsOf, reasonOf, standsAs } from "#lib/queries/opportunity-words.ts";
import { LazyTrafficChart } from "../../_components/lazy-traffic-chart.tsx";
import { RollBackButton } from "../../_components/roll-back-button.tsx";
import { deploymentMarks, trafficPoints } from "../../_components/traffic-points.ts";
import { AskedAgainExamples } from "./_components/asked-again-examples.tsx";
import { ClusterCard } from "./_components/cluster-card.tsx";
import { Figures } from "./_components/figures.tsx";
import { GenerateFix } from "./_components/generate-fix.tsx";
import { PutAside } from "./_components/put-aside.tsx";

type Params = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: Params): Promise<Metadata> {
  const { opportunity } = await read((await params).id);
  return { title: `${opportunity.tool} ${standsAs(opportunity)}` };
}

const MEANING: Record<Attribution, string> = {
  tool: "The tool fails by itself: no failing effect comes before it. A code fix can help.",
  caller:
    "The calls are at fault: what comes in is outside what the tool does. Tell the caller, or widen the tool on purpose.",
  upstream:
    "Something that the tool calls fails or does not answer. A code fix would hide it; wait, or handle the outage on purpose.",
  unknown: "The recordings do not say whose fault it is.",
};

/** The words of each kind of problem: what is late or wrong has not failed. */
const WORDS: Record<OpportunityKind, { kinds: string; input: string }> = {
  failing: { kinds: "Kinds of failure", input: "Smallest failing input" },
  degrading: { kinds: "Kinds of failure", input: "Smallest failing input" },
  incorrect: { kinds: "Kinds of wrong answer", input: "Smallest input answered wrongly" },
  slow: { kinds: "Kinds of late answer", input: "Smallest input answered late" },
};

/** The words where nothing is known to be wrong. */
const SUSPECTED_WORDS = { kinds: "Answers that are asked for again", input: "Smallest input asked again" };

function wordsOf(opportunity: Opportunity) {
  return isSuspicion(opportunity) ? SUSPECTED_WORDS : WORDS[opportunity.kind];
}

function meaningOf(opportunity: Opportunity): string {
  const { kind, attribution } = opportunity;
  if (isSuspicion(opportunity))
    return "A suspicion: callers act as if these answers were wrong, and nothing proves it. Say which of them are right or wrong; a fix is written for answers that are known to be wrong.";
  if (kind === "incorrect") return "It answers wrongly, and no error shows it. A code fix can help.";
  if (kind === "slow")
    return attribution === "upstream"
      ? "Most late answers wait for something that the tool calls. A code fix can hide that, and not mend it."
      : "The tool is late by itself: its time is not spent waiting. A code fix can help.";
  return MEANING[attribution];
}

/** What changed for the worse and when, as detection found it; null where no change is certain. */
function changeOf({ change, latency, askedAgain, risen: [first] = [] }: Statistics) {
  if (first !== undefined) {
    const { name, at, before, after } = first;
    const words = `${name} in ${before.bad} of ${before.calls} calls before, ${after.bad} of ${after.calls} since`;
    return { at, label: `${name} rose`, words };
  }
  if (askedAgain !== undefined) {
    const { since, before, asked, of } = askedAgain;
    const again = `${before.asked} of ${before.of} asked for again before, ${asked} of ${of} since`;
    return { at: since, label: "asked again", words: again };
  }
  if (latency !== undefined) {
    const { since, beforeMs, medianMs } = latency;
    if (since === undefined) return null;
    const before = beforeMs === undefined ? "" : `${milliseconds(beforeMs)} before, `;
    return { at: since, label: "got slower", words: `median ${before}${milliseconds(medianMs)} since` };
  }
  if (change === undefined) return null;
  const { at, earlier } = change;
  const failed = ({ bad, calls }: typeof change.before) => `${bad} of ${calls} failed`;
  const span = earlier === undefined ? "" : ` in the ${saySpan(at.getTime() - earlier.until.getTime())}`;
  return { at, label: "got worse", words: `${failed(change.before)}${span} before, ${failed(change.after)} since` };
}

const read = cache(async (id: string): Promise<OpportunityPageView> => {
  try {
    const page = await readOpportunityPage(await getContext(), id);
    const clusters = page.opportunity.clusters.map((cluster) => ({
      ...inert(cluster),
      smallestInput: cluster.smallestInput,
    }));
    return { ...inert(page), messages: page.messages, opportunity: { ...inert(page.opportunity), clusters } };
  } catch (error) {
    if (isProblem(error) && error.code === "not_found") notFound();
    throw error;
  }
});

/** What lies before the calls that the figures are of: an earlier stretch of failures, an earlier time of the problem. */
function Before({ of, sinceReturn }: { of: Opportunity; sinceReturn: OpportunityPageView["sinceReturn"] }) {
  const { cameBackAt, change } = of.statistics;
  const earlier = failuresEarlier(of);
  const failing = of.kind === "failing" || of.kind === "degrading";
  return (
    <>
      {cameBackAt !== undefined && (
        <p>
          Came back <RelativeTime at={cameBackAt} />, first found <RelativeTime at={of.openedAt} />
          {sinceReturn !== null && (
            <>
              :{" "}
              <Link href={failuresCounted(of, cameBackAt)} className="text-link underline">
                {sinceReturn.failures}
              </Link>{" "}
              of {sinceReturn.calls} calls failed since it came back
            </>
          )}
          .
        </p>
      )}
      {failing && change?.earlier !== undefined && earlier !== null && change.earlier.bad > 0 && (
        <p>
          Before <RelativeTime at={change.earlier.until} /> already{" "}
          <Link href={earlier} className="text-link underline">
            {change.earlier.bad}
          </Link>{" "}
          of {change.earlier.calls} calls failed, all versions together: they are not among these figures.
        </p>
      )}
    </>
  );
}

/** When and by what a problem ended: nothing about it is true of the tool any more. */
function Resolved({ at, by, note }: Resolution & { note: string | undefined }) {
  return (
    <p className="[overflow-wrap:anywhere]">
      Resolved <RelativeTime at={at} />
      {note !== undefined && `: ${note}`}.
      {by !== null && (
        <>
          {" "}
          By then version {by.version} answered
          {by.proposal !== null && (
            <>
              , made active by{" "}
              <Link href={`/proposals/${by.proposal.id}`} className="text-link underline">
                proposal {by.proposal.number}
              </Link>
            </>
          )}
          .
        </>
      )}
    </p>
  );
}

export default async function OpportunityPage({ params }: Params) {
  const page = await read((await params).id);
  const { opportunity, proposals, traffic, hours, deployments, wayBack, resolution, examples, messages } = page;
  const context = await getContext();
  const mayOperate = holds(context.caller, "operate");
  const { statistics } = opportunity;
  const change = changeOf(statistics);
  // What is late or wrong has one list: it is a cluster's where that holds all of them.
  const { lists } = page;
  const counted = statistics.latency?.late ?? statistics.wrong?.marked;
  const underWay = proposals.find(({ state }) => state === "generating" || state === "testing");
  return (
    <>
      <PageHeader
        title={
          <span>
            <Link href={`/tools/${opportunity.tool}`} className="hover:underline">
              {opportunity.tool}
            </Link>{" "}
            {standsAs(opportunity)}
          </span>
        }
        description={reasonOf(opportunity)}
        actions={
          <>
            {wayBack !== null &&
              (holds(context.caller, "deploy") ? (
                <RollBackButton tool={opportunity.tool} {...wayBack} size="default" />
              ) : (
                <NotAllowed scope="deploy">Rolling back to version {wayBack.version}</NotAllowed>
              ))}
            {!mayOperate ? (
              <NotAllowed scope="operate">Having a fix written</NotAllowed>
            ) : opportunity.state === "resolved" || opportunity.state === "dismissed" ? (
              <p className="max-w-xs text-13 text-muted-foreground">
                No fix is written while it is {opportunity.state}: open it again first.
              </p>
            ) : underWay !== undefined ? (
              <p className="max-w-xs text-13 text-muted-foreground">
                <Link href={`/proposals/${underWay.id}`} className="text-link underline">
                  Proposal {underWay.number}
                </Link>{" "}
                is being {underWay.state === "generating" ? "written" : "tested"}.
              </p>
            ) : isSuspicion(opportunity) ? (
              <p className="max-w-xs text-13 text-muted-foreground">
                No fix is written on a suspicion: say first which answer is wrong.
              </p>
            ) : (
              <GenerateFix
                id={opportunity.id}
                attribution={opportunity.attribution}
                model={context.model?.name ?? null}
              />
            )}
          </>
        }
      >
        <div className="flex flex-wrap gap-2 pt-1">
          <OpportunityKindBadge value={opportunity.kind} size="lg" suspected={isSuspicion(opportunity)} />
          <OpportunityStateBadge value={opportunity.state} size="lg" />
          <AttributionBadge value={opportunity.attribution} size="lg" />
        </div>
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="grid gap-4">
          <Card>
            <CardHeader>
              <CardTitle>What was seen</CardTitle>
              <span className="text-muted-foreground text-xs">version {statistics.version}</span>
            </CardHeader>
            <CardContent className="grid gap-3 text-13">
              <Figures of={opportunity} lists={lists} />
              <Before of={opportunity} sinceReturn={page.sinceReturn} />
              {resolution === null ? (
                <p>{meaningOf(opportunity)}</p>
              ) : (
                <Resolved {...resolution} note={opportunity.note} />
              )}
              {opportunity.findings.length > 0 && (
                <ul className="list-disc space-y-1 pl-5 [overflow-wrap:anywhere]">
                  {findingsOf(opportunity).map((finding) => (
                    <li key={finding}>{finding}</li>
                  ))}
                </ul>
              )}
            </CardContent>
          </Card>
          {examples.length > 0 && <AskedAgainExamples of={examples} />}
          <Card id="timeline">
            <CardHeader>
              <CardTitle>The seven days up to the newest call</CardTitle>
              {change !== null && (
                <span className="text-13 text-danger">
                  Changed <RelativeTime at={change.at} />: {change.words}
                </span>
              )}
            </CardHeader>
            <CardContent>
              <LazyTrafficChart
                hours={hours}
                points={trafficPoints(traffic)}
                marks={[
                  ...(change === null
                    ? []
                    : [{ kind: "change" as const, at: change.at.getTime(), label: change.label }]),
                  ...deploymentMarks(deployments),
                ]}
              />
            </CardContent>
          </Card>
          <Card>
            <CardHeader>
              <CardTitle>{wordsOf(opportunity).kinds}</CardTitle>
              <span className="text-muted-foreground text-xs">{opportunity.clusters.length}</span>
            </CardHeader>
            {opportunity.clusters.length === 0 ? (
              <p className="px-4 py-5 text-13 text-muted-foreground">
                No failed calls: the problem is in what they answered, or how fast.
              </p>
            ) : (
              <ul className="divide-y">
                {opportunity.clusters.map((cluster) => (
                  <ClusterCard
                    inputName={wordsOf(opportunity).input}
                    key={cluster.key}
                    cluster={cluster}
                    of={opportunity}
                    example={messages.get(cluster.key)}
                    list={cluster.count === counted ? (lists.late ?? lists.wrong) : null}
                  />
                ))}
              </ul>
            )}
          </Card>
        </div>
        <div className="grid gap-4">
          <Card>
            <CardHeader>
              <CardTitle>Proposals</CardTitle>
            </CardHeader>
            {proposals.length === 0 ? (
              <p className="px-4 py-5 text-13 text-muted-foreground">None yet.</p>
            ) : (
              <ul className="divide-y">
                {proposals.map((proposal) => (
                  <li
                    key={proposal.id}
                    className="relative flex items-center gap-3 px-4 py-2 text-13 hover:bg-muted/60"
                  >
                    <Link href={`/proposals/${proposal.id}`} className="font-medium after:absolute after:inset-0">
                      Proposal {proposal.number}
                    </Link>
                    <ProposalStateBadge value={proposal.state} />
                    <RelativeTime at={proposal.createdAt} className="ml-auto text-muted-foreground text-xs" />
                  </li>
                ))}
              </ul>
            )}
          </Card>
          {mayOperate ? (
            <PutAside
              id={opportunity.id}
              tool={opportunity.tool}
              state={opportunity.state}
              assignee={opportunity.assignee ?? ""}
              note={opportunity.note ?? ""}
              snoozedUntil={opportunity.snoozedUntil ?? null}
              me={context.caller.actor.name}
            />
          ) : (
            <Card>
              <CardHeader>
                <CardTitle>Put aside, assign</CardTitle>
              </CardHeader>
              <CardContent className="grid gap-2 text-13">
                <p className="[overflow-wrap:anywhere]">
                  {opportunity.assignee === undefined ? "Assigned to nobody." : `Assigned to ${opportunity.assignee}.`}
                  {opportunity.note !== undefined && ` ${opportunity.note}`}
                </p>
                <NotAllowed scope="operate">Assigning, snoozing or dismissing it</NotAllowed>
              </CardContent>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}
