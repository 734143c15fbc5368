"use client";
import { milliseconds } from "../../_ui/relative-time.ts";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "../../_ui/table.tsx";
import type { Mark, TrafficPoint } from "./traffic-chart.tsx";

/** The numbers of the chart, a row a slice that was called in. */
export function TrafficTable({
  points,
  marks,
  format,
}: {
  points: readonly TrafficPoint[];
  marks: readonly (Mark & { x: number })[];
  format: (at: number) => string;
}) {
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table label="Calls over time">
        <TableHeader>
          <TableRow>
            <TableHead>From</TableHead>
            <TableHead className="text-right">Succeeded</TableHead>
            <TableHead className="text-right">Failed</TableHead>
            <TableHead className="text-right">Success</TableHead>
            <TableHead className="text-right">Refused</TableHead>
            <TableHead className="text-right">p50</TableHead>
            <TableHead className="text-right">p95</TableHead>
            <TableHead>What happened</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {points.map((point) => {
            const judged = point.succeeded + point.failures;
            return (
              <TableRow key={point.at}>
                <TableCell className="whitespace-nowrap">{format(point.at)}</TableCell>
                <TableCell className="text-right tabular-nums">{point.succeeded.toLocaleString("en")}</TableCell>
                <TableCell className="text-right tabular-nums">{point.failures.toLocaleString("en")}</TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">
                  {judged === 0 ? "–" : `${((point.succeeded / judged) * 100).toFixed(1)} %`}
                </TableCell>
                <TableCell className="text-right tabular-nums">{point.refused.toLocaleString("en")}</TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">{milliseconds(point.p50Ms)}</TableCell>
                <TableCell className="whitespace-nowrap text-right tabular-nums">{milliseconds(point.p95Ms)}</TableCell>
                <TableCell>
                  {marks
                    .filter(({ x }) => x === point.at)
                    .map(({ label }) => label)
                    .join(", ")}
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </div>
  );
}
