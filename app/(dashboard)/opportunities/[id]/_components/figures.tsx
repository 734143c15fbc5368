import { milliseconds } from "#app/_ui/relative-time.ts";
import { Stat, StatList } from "#app/_ui/stat.tsx";
import { FAILING_ERROR } from "#lib/core/health.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import type { OpportunityKind } from "#lib/core/words.ts";

const share = (value: number): string => `${(value * 100).toFixed(1)} %`;

const A_DAY: Record<OpportunityKind, string> = {
  failing: "Bad calls a day",
  degrading: "Bad calls a day",
  incorrect: "Wrong answers a day",
  slow: "Late answers a day",
};

/** What was seen of a problem, in the figures of its kind. */
export function Figures({ of: { kind, state, statistics } }: { of: Opportunity }) {
  const { latency, failures, calls, askedAgain } = statistics;
  const perDay = (
    <Stat
      label={askedAgain === undefined ? A_DAY[kind] : "Suspected answers a day"}
      value={Math.round(statistics.badCallsPerDay).toLocaleString("en")}
      detail={state === "resolved" ? "at the traffic of then" : "at the traffic seen"}
    />
  );
  if (kind === "slow" && latency !== undefined)
    return (
      <StatList>
        <Stat
          label="Late"
          value={`${latency.late} of ${latency.of}`}
          detail={`of the answers looked at, over ${milliseconds(latency.limitMs)}`}
        />
        <Stat
          label="Median"
          value={milliseconds(latency.medianMs)}
          detail={latency.beforeMs === undefined ? "of these" : `of these, ${milliseconds(latency.beforeMs)} before`}
        />
        <Stat label="p95" value={milliseconds(latency.p95Ms)} detail="of these" />
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
  return (
    <StatList>
      <Stat
        label="Failed"
        value={`${failures} of ${calls}`}
        detail={`${statistics.refused} refused, ${statistics.rejected} rejected apart`}
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
