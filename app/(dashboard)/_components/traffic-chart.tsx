"use client";
import { type ReactNode, useId, useMemo, useState } from "react";
import {
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { AXIS, TableSwitch, TOOLTIP } from "#app/_ui/chart.tsx";
import { latencyTick, milliseconds } from "../../_ui/relative-time.ts";
import { momentInWords, tickInWords, timeTicks } from "./time-ticks.ts";
import { TrafficTable } from "./traffic-table.tsx";

export type TrafficPoint = {
  /** Start of the slice, milliseconds since the epoch. */
  at: number;
  succeeded: number;
  failures: number;
  refused: number;
  p50Ms: number;
  p95Ms: number;
};

/** A moment to point at: something that was deployed, or where a rate changed. */
export type Mark = { at: number; label: string; kind: "deployment" | "change" };

const wasCalled = ({ succeeded, failures, refused }: TrafficPoint): boolean => succeeded + failures + refused > 0;
/** A slice with no call has no latency: the line goes across. */
const p50Of = (point: TrafficPoint): number | null => (wasCalled(point) ? point.p50Ms : null);
const p95Of = (point: TrafficPoint): number | null => (wasCalled(point) ? point.p95Ms : null);

/** Up to so many slices the calls are too far apart to make a line: each is a dot that can be seen. */
const FEW = 12;

const MARGIN = { top: 16, right: 8, bottom: 0, left: 0 } as const;
const LOOKS = { deployment: "var(--foreground)", change: "var(--danger)" } as const;

/**
 * Calls by outcome above, p50 and p95 latency below, on one axis of time, with marks through both; the same numbers as a
 * table for those who prefer it.
 */
export function TrafficChart({ points, marks, hours }: { points: TrafficPoint[]; marks: Mark[]; hours: number }) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const format = (at: number): string => momentInWords(at, hours);
  const ticks = useMemo(
    () =>
      timeTicks(
        points.map(({ at }) => at),
        hours,
      ),
    [points, hours],
  );
  const named = useMemo(() => new Map(ticks.map(({ at, names }) => [at, tickInWords(names)])), [ticks]);
  const few = points.filter(wasCalled).length <= FEW;
  const placed = useMemo(() => marks.map((mark) => ({ ...mark, x: nearest(points, mark.at) })), [marks, points]);

  // Recharts looks at its direct children only, so these are elements and no components.
  const time = (shown: boolean): ReactNode => (
    <XAxis
      dataKey="at"
      // Bars have bands: lines stand in the middle of the same ones.
      scale="band"
      ticks={ticks.map(({ at }) => at)}
      tickFormatter={(at) => named.get(Number(at)) ?? ""}
      interval="equidistantPreserveStart"
      minTickGap={12}
      tickLine={false}
      axisLine={{ stroke: "var(--border)" }}
      tick={shown ? AXIS : false}
      height={shown ? 24 : 4}
    />
  );
  const through = (named: boolean): ReactNode =>
    placed.map(({ x, label, kind }, index) => (
      <ReferenceLine
        // biome-ignore lint/suspicious/noArrayIndexKey: two marks may share a moment and words
        key={index}
        x={x}
        stroke={LOOKS[kind]}
        strokeDasharray={kind === "change" ? "6 2" : "3 3"}
        {...(named
          ? {
              label: {
                value: label,
                fontSize: 11,
                fill: LOOKS[kind],
                position: x > (points[points.length >> 1]?.at ?? 0) ? "insideTopRight" : "insideTopLeft",
                offset: 4 + (index % 3) * 13,
              } as const,
            }
          : {})}
      />
    ));
  const tooltip = (unit: string): ReactNode => (
    <Tooltip
      {...TOOLTIP}
      labelFormatter={(at) => format(Number(at))}
      formatter={(value) => (unit === "" ? Number(value).toLocaleString("en") : milliseconds(Number(value)))}
      itemStyle={{ color: "var(--foreground)" }}
    />
  );
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted-foreground text-xs [&>span]:whitespace-nowrap">
        <Key>
          <span className="size-2.5 rounded-xs bg-primary/70" aria-hidden /> succeeded
        </Key>
        <Key>
          <span className="size-2.5 rounded-xs border border-danger bg-danger/40" aria-hidden /> failed or timed out
        </Key>
        <Key>
          <span className="size-2.5 rounded-xs bg-muted-foreground/60" aria-hidden /> refused
        </Key>
        <Key>
          <span className="w-3.5 border-warning border-t-2" aria-hidden /> p95
        </Key>
        <Key>
          <span className="w-3.5 border-info border-t-2 border-dashed" aria-hidden /> p50
        </Key>
        {marks.some(({ kind }) => kind === "deployment") && (
          <Key>
            <span className="h-3 border-foreground border-l border-dashed" aria-hidden /> deployed
          </Key>
        )}
        {marks.some(({ kind }) => kind === "change") && (
          <Key>
            <span className="h-3 border-danger border-l-2 border-dashed" aria-hidden /> changed for the worse
          </Key>
        )}
        <TableSwitch asTable={asTable} onTurn={() => setAsTable(!asTable)} />
      </div>
      {asTable ? (
        <TrafficTable points={points.filter(wasCalled)} marks={placed} format={format} />
      ) : (
        <figure aria-label="Calls by outcome and their latency over time; the table holds the same numbers">
          <Caption>Calls</Caption>
          <div className="h-44" aria-hidden>
            <ResponsiveContainer width="100%" height="100%">
              <ComposedChart data={points} margin={MARGIN} barCategoryGap={1} syncId={id} accessibilityLayer={false}>
                <defs>
                  <pattern id={`${id}-bad`} width="5" height="5" patternUnits="userSpaceOnUse">
                    <rect width="5" height="5" fill="var(--danger)" fillOpacity={0.35} />
                    <path d="M-1 6 6 -1M-1 1 1 -1M4 6 6 4" stroke="var(--danger)" strokeWidth={1.6} />
                  </pattern>
                </defs>
                <CartesianGrid vertical={false} stroke="var(--border)" />
                {time(false)}
                <YAxis allowDecimals={false} width={56} tickLine={false} axisLine={false} tick={AXIS} />
                {tooltip("")}
                <Bar
                  dataKey="succeeded"
                  stackId="calls"
                  fill="var(--primary)"
                  fillOpacity={0.7}
                  isAnimationActive={false}
                />
                <Bar
                  dataKey="failures"
                  name="failed or timed out"
                  stackId="calls"
                  fill={`url(#${id}-bad)`}
                  stroke="var(--danger)"
                  strokeWidth={0.5}
                  isAnimationActive={false}
                />
                <Bar
                  dataKey="refused"
                  stackId="calls"
                  fill="var(--muted-foreground)"
                  fillOpacity={0.6}
                  isAnimationActive={false}
                />
                {through(true)}
              </ComposedChart>
            </ResponsiveContainer>
          </div>
          <Caption>Latency</Caption>
          <div className="h-36" aria-hidden>
            <ResponsiveContainer width="100%" height="100%">
              <ComposedChart data={points} margin={MARGIN} syncId={id} accessibilityLayer={false}>
                <CartesianGrid vertical={false} stroke="var(--border)" />
                {time(true)}
                <YAxis width={56} tickLine={false} axisLine={false} tick={AXIS} tickFormatter={latencyTick} />
                {tooltip("ms")}
                <Line
                  dataKey={p95Of}
                  name="p95"
                  stroke="var(--warning)"
                  strokeWidth={1.5}
                  dot={{ r: few ? 4 : 1.5, strokeWidth: 0, fill: "var(--warning)" }}
                  connectNulls
                  isAnimationActive={false}
                />
                <Line
                  dataKey={p50Of}
                  name="p50"
                  stroke="var(--info)"
                  strokeWidth={1.5}
                  strokeDasharray="4 3"
                  dot={few && { r: 3, strokeWidth: 1.5, strokeDasharray: "none", fill: "var(--card)" }}
                  connectNulls
                  isAnimationActive={false}
                />
                {through(false)}
              </ComposedChart>
            </ResponsiveContainer>
          </div>
        </figure>
      )}
    </div>
  );
}

function Key({ children }: { children: ReactNode }) {
  return <span className="flex items-center gap-1.5">{children}</span>;
}

function Caption({ children }: { children: ReactNode }) {
  return <p className="text-muted-foreground text-xs">{children}</p>;
}

/** The slice that a moment falls into: the axis knows no others. */
function nearest(points: readonly TrafficPoint[], at: number): number {
  return points.reduce(
    (best, point) => (Math.abs(point.at - at) < Math.abs(best - at) ? point.at : best),
    points[0]?.at ?? at,
  );
}
