import type { ReactNode } from "react";
import { Link } from "#app/_ui/link.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { Stat, StatList } from "#app/_ui/stat.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { sayBadCalls, severityOf } from "#lib/core/bad-calls.ts";
import { FAILING_ERROR } from "#lib/core/health.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { OpportunityKind } from "#lib/core/words.ts";
import { failuresCounted, risenCounted } from "#lib/queries/counted-calls.ts";
import type { Lists } from "#lib/queries/opportunity-page.ts";

const share = (value: number): string => `${(value * 100).toFixed(1)} %`;

const BAD: Record<OpportunityKind, string> = {
  failing: "Bad calls",
  degrading: "Bad calls",
  incorrect: "Wrong answers",
  slow: "Late answers",
};

/** What its place in the list is made of. */
function ranked(of: Opportunity): string {
  const { kind, priority } = of;
  const { lastDay, badCallsPerDay } = of.statistics;
  if (lastDay === undefined || badCallsPerDay === 0) return `priority ${figure(priority)}`;
  return `priority ${figure(priority)}: ${figure(badCallsPerDay)} of the ${figure(lastDay.calls)} ${kind === "failing" || kind === "degrading" ? "calls" : "good answers"} of the last day, at the share seen, × ${severityOf(of)}`;
}

const figure = (value: number): string => Number(value.toPrecision(3)).toLocaleString("en");

/** A count that opens its calls, where a list holds exactly these. */
function Counted({ href, children }: { href: string | null; children: ReactNode }) {
  if (href === null) return children;
  return (
    <Link href={href} className="text-link underline">
      {children}
    </Link>
  );
}

/** What was seen of a problem, in the figures of its kind. */
export function Figures({ of, lists }: { of: Opportunity; lists: Lists }) {
  const { kind, statistics } = of;
  const { latency, failures, calls, askedAgain, wrong, risen } = statistics;
  const perDay = (
    <Stat
      label={askedAgain === undefined ? BAD[kind] : "Suspected answers"}
      value={sayBadCalls(statistics)}
      detail={ranked(of)}
    />
  );
  if (kind === "slow" && latency !== undefined)
    return (
      <StatList>
        <Stat
          label="Late"
          value={
            <>
              <Counted href={lists.late}>{latency.late}</Counted> of {latency.of}
            </>
          }
          detail={
            <>
              of the answers looked at, over {milliseconds(latency.limitMs)}
              {latency.timedOut !== undefined && (
                <>
                  ; <Counted href={lists.timedOut}>{latency.timedOut} more timed out</Counted>
                </>
              )}
            </>
          }
        />
        <Stat
          label="Median"
          value={milliseconds(latency.medianMs)}
          detail={latency.beforeMs === undefined ? "of these" : `of these, ${milliseconds(latency.beforeMs)} before`}
        />
        <Stat
          label="p95"
          value={milliseconds(latency.p95Ms)}
          detail={latency.timedOut === undefined ? "of these" : "of these and of those that timed out"}
        />
        {perDay}
      </StatList>
    );
  if (askedAgain !== undefined)
    return (
      <StatList>
        <Stat
          label="Asked again"
          value={`${askedAgain.asked} of ${askedAgain.of}`}
          detail={askedAgain.kind === undefined ? "of all its answers" : `answers where ${askedAgain.kind}`}
        />
        <Stat
          label="Before"
          value={`${askedAgain.before.asked} of ${askedAgain.before.of}`}
          detail="of the same answers"
        />
        <Stat label="Callers" value={String(askedAgain.callers)} detail="that ask again" />
        {perDay}
      </StatList>
    );
  if (wrong !== undefined)
    return (
      <StatList>
        <Stat
          label="Marked wrong"
          value={<Counted href={lists.wrong}>{wrong.marked}</Counted>}
          detail={`answers of version ${statistics.version}`}
        />
        {wrong.cases > 0 && (
          <Stat label="Its own cases" value={wrong.cases} detail="answered otherwise at their last run" />
        )}
        {perDay}
      </StatList>
    );
  if (risen !== undefined)
    return (
      <StatList>
        {risen.map((kind) => (
          <Stat
            key={kind.keys.join()}
            label={`Failed with ${kind.name}`}
            value={
              <>
                <Counted href={risenCounted(of, kind)}>{kind.after.bad}</Counted> of {kind.after.calls}
              </>
            }
            detail={
              <>
                since <RelativeTime at={kind.at} />; before, {kind.before.bad} of {kind.before.calls}
              </>
            }
          />
        ))}
        <Stat
          label="Success rate"
          value={share(statistics.successRate)}
          detail={`${calls - failures} of ${calls} on version ${statistics.version}, all kinds of failure together; target ${share(statistics.target)}`}
        />
        {perDay}
      </StatList>
    );
  return (
    <StatList>
      <Stat
        label="Failed"
        value={
          failures === 0 ? (
            `0 of ${calls}`
          ) : (
            <>
              <Counted href={failuresCounted(of)}>{failures}</Counted> of {calls}
            </>
          )
        }
        detail={
          <>
            on version {statistics.version} since <RelativeTime at={statistics.since} />; {statistics.refused} refused,{" "}
            {statistics.rejected} rejected apart
            {statistics.dismissed !== undefined && `, ${statistics.dismissed.failures} dismissed as by design`}
          </>
        }
      />
      <Stat
        label="Success rate"
        value={share(statistics.successRate)}
        detail={`${calls - failures} of ${calls}, between ${share(statistics.lowerBound)} and ${share(statistics.upperBound)} (${share(1 - FAILING_ERROR)} sure)`}
      />
      <Stat label="Target" value={share(statistics.target)} detail="set in Settings" />
      {perDay}
    </StatList>
  );
}
