"use client";
import { useState } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { AXIS, TableSwitch, TOOLTIP } from "#app/_ui/chart.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import type { LatencyPoint } from "./old-against-new.ts";

const ms = (value: number): string => `${Number(value.toFixed(value >= 10 ? 1 : 2))} ms`;

/** How long each version took on the same inputs, from the fastest case to the slowest; the same numbers as a table. */
export function VersionsChart({ points, base }: { points: LatencyPoint[]; base: number }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-muted-foreground text-xs">
        <span className="flex items-center gap-1.5">
          <span className="h-0.5 w-3.5 bg-warning" aria-hidden /> v{base}, dashed
        </span>
        <span className="flex items-center gap-1.5">
          <span className="h-0.5 w-3.5 bg-primary" aria-hidden /> proposed
        </span>
        <TableSwitch asTable={asTable} onTurn={() => setAsTable(!asTable)} />
      </div>
      {asTable ? (
        <Table label="Latency of both versions by percentile">
          <TableHeader>
            <TableRow>
              <TableHead>Percentile</TableHead>
              <TableHead className="text-right">v{base}</TableHead>
              <TableHead className="text-right">Proposed</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {points.map(({ percentile, oldMs, newMs }) => (
              <TableRow key={percentile}>
                <TableCell>p{percentile}</TableCell>
                <TableCell className="text-right tabular-nums">{ms(oldMs)}</TableCell>
                <TableCell className="text-right tabular-nums">{ms(newMs)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      ) : (
        <div
          className="h-40"
          role="img"
          aria-label="Latency of both versions from the fastest case to the slowest; the table holds the same numbers"
        >
          <ResponsiveContainer width="100%" height="100%">
            <LineChart data={points} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
              <CartesianGrid vertical={false} stroke="var(--border)" />
              <XAxis
                dataKey="percentile"
                type="number"
                domain={[0, 100]}
                ticks={[5, 25, 50, 75, 95]}
                tickFormatter={(value: number) => `p${value}`}
                tickLine={false}
                axisLine={{ stroke: "var(--border)" }}
                tick={AXIS}
              />
              <YAxis width={58} tickLine={false} axisLine={false} tick={AXIS} tickFormatter={ms} />
              <Tooltip {...TOOLTIP} labelFormatter={(value) => `p${value}`} formatter={(value) => ms(Number(value))} />
              <Line
                dataKey="oldMs"
                name={`v${base}`}
                stroke="var(--warning)"
                strokeWidth={1.5}
                strokeDasharray="4 3"
                dot={false}
                isAnimationActive={false}
              />
              <Line
                dataKey="newMs"
                name="proposed"
                stroke="var(--primary)"
                strokeWidth={1.5}
                dot={false}
                isAnimationActive={false}
              />
            </LineChart>
          </ResponsiveContainer>
        </div>
      )}
    </div>
  );
}
