"use client";
import dynamic from "next/dynamic";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import type { LatencyPoint } from "./old-against-new.ts";

/** The chart's library comes after the evidence. */
const VersionsChart = dynamic(() => import("./versions-chart.tsx").then((module) => module.VersionsChart), {
  ssr: false,
  loading: () => <Skeleton className="h-48" />,
});

/** Old against new on the same inputs. */
export function VersionsCompared({ points, base, good }: { points: LatencyPoint[]; base: number; good: string }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Old against new</CardTitle>
        <span className="text-muted-foreground text-xs">{good}</span>
      </CardHeader>
      <CardContent>
        <VersionsChart points={points} base={base} />
      </CardContent>
    </Card>
  );
}
