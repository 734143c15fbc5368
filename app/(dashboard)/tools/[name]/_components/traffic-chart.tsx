"use client";
import { useMemo, useState } from "react";
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
import { Button } from "../../../../_ui/button.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "../../../../_ui/table.tsx";

export type TrafficPoint = {
  /** Start of the slice, milliseconds since the epoch. */
  at: number;
  succeeded: number;
  failures: number;
  refused: number;
  p50Ms: number;
  p95Ms: number;
};

export type DeploymentMark = { at: number; label: string };

/** A slice with no call has no latency: the line has a gap there, or goes across. */
const latencyOf = ({ p95Ms, succeeded, failures, refused }: TrafficPoint): number | null =>
  succeeded + failures + refused === 0 ? null : p95Ms;

const AXIS = { fill: "var(--muted-foreground)", fontSize: 11 } as const;

/** Calls and failures as bars, p95 as a line, deployments as marks; the same numbers as a table for those who prefer it. */
export function TrafficChart({
  points,
  marks,
  hours,
}: {
  points: TrafficPoint[];
  marks: DeploymentMark[];
  hours: number;
}) {
  const [asTable, setAsTable] = useState(false);
  const format = useMemo(() => {
    const options: Intl.DateTimeFormatOptions =
      hours > 48 ? { weekday: "short", hour: "2-digit" } : { hour: "2-digit", minute: "2-digit" };
    const formatter = new Intl.DateTimeFormat("en-GB", options);
    return (at: number) => formatter.format(at);
  }, [hours]);
  const nearest = (at: number) =>
    points.reduce(
      (best, point) => (Math.abs(point.at - at) < Math.abs(best - at) ? point.at : best),
      points[0]?.at ?? at,
    );
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted-foreground text-xs [&>span]:whitespace-nowrap">
        <span className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-xs bg-primary/70" aria-hidden /> succeeded
        </span>
        <span className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-xs bg-danger" aria-hidden /> failed or timed out
        </span>
        <span className="flex items-center gap-1.5">
          <span className="h-0.5 w-3.5 bg-warning" aria-hidden /> p95 latency
        </span>
        <Button
          variant="ghost"
          size="sm"
          className="ml-auto"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? "Show as chart" : "Show as table"}
        </Button>
      </div>
      {asTable ? (
        <div className="max-h-64 overflow-y-auto">
          <Table label="Calls over time">
            <TableHeader>
              <TableRow>
                <TableHead>From</TableHead>
                <TableHead className="text-right">Succeeded</TableHead>
                <TableHead className="text-right">Failed</TableHead>
                <TableHead className="text-right">Refused</TableHead>
                <TableHead className="text-right">p50</TableHead>
                <TableHead className="text-right">p95</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {points
                .filter(({ succeeded, failures, refused }) => succeeded + failures + refused > 0)
                .map((point) => (
                  <TableRow key={point.at}>
                    <TableCell>{format(point.at)}</TableCell>
                    <TableCell className="text-right tabular-nums">{point.succeeded}</TableCell>
                    <TableCell className="text-right tabular-nums">{point.failures}</TableCell>
                    <TableCell className="text-right tabular-nums">{point.refused}</TableCell>
                    <TableCell className="text-right tabular-nums">{point.p50Ms.toFixed(1)} ms</TableCell>
                    <TableCell className="text-right tabular-nums">{point.p95Ms.toFixed(1)} ms</TableCell>
                  </TableRow>
                ))}
            </TableBody>
          </Table>
        </div>
      ) : (
        <div
          className="h-52"
          role="img"
          aria-label="Calls, failures and p95 latency over time; the table holds the same numbers"
        >
          <ResponsiveContainer width="100%" height="100%">
            <ComposedChart data={points} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} barCategoryGap={1}>
              <CartesianGrid vertical={false} stroke="var(--border)" />
              <XAxis
                dataKey="at"
                tickFormatter={format}
                minTickGap={48}
                tickLine={false}
                axisLine={{ stroke: "var(--border)" }}
                tick={AXIS}
              />
              <YAxis yAxisId="calls" allowDecimals={false} width={34} tickLine={false} axisLine={false} tick={AXIS} />
              <YAxis
                yAxisId="ms"
                orientation="right"
                width={52}
                tickLine={false}
                axisLine={false}
                tick={AXIS}
                tickFormatter={(value: number) => `${value} ms`}
              />
              <Tooltip
                isAnimationActive={false}
                labelFormatter={(at) => format(Number(at))}
                contentStyle={{
                  background: "var(--popover)",
                  border: "1px solid var(--border)",
                  borderRadius: 6,
                  fontSize: 12,
                  color: "var(--foreground)",
                }}
              />
              <Bar
                yAxisId="calls"
                dataKey="succeeded"
                stackId="calls"
                fill="var(--primary)"
                fillOpacity={0.7}
                isAnimationActive={false}
              />
              <Bar
                yAxisId="calls"
                dataKey="failures"
                name="failed or timed out"
                stackId="calls"
                fill="var(--danger)"
                isAnimationActive={false}
              />
              <Line
                yAxisId="ms"
                dataKey={latencyOf}
                name="p95 ms"
                stroke="var(--warning)"
                strokeWidth={1.5}
                dot={{ r: 1.5, strokeWidth: 0, fill: "var(--warning)" }}
                connectNulls
                isAnimationActive={false}
              />
              {marks.map((mark) => (
                <ReferenceLine
                  key={mark.at}
                  yAxisId="calls"
                  x={nearest(mark.at)}
                  stroke="var(--foreground)"
                  strokeDasharray="3 3"
                  label={{ value: mark.label, fontSize: 10, fill: "var(--foreground)", position: "insideTopRight" }}
                />
              ))}
            </ComposedChart>
          </ResponsiveContainer>
        </div>
      )}
    </div>
  );
}
