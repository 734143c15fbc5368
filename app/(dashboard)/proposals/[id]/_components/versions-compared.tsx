"use client";
import dynamic from "next/dynamic";
import { type ComponentProps, useEffect, useRef, useState } from "react";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { NotLoaded } from "#app/_ui/not-loaded.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import type { LatencyPoint } from "./old-against-new.ts";
import type { VersionsChart as VersionsChartPart } from "./versions-chart.tsx";

/** The chart's library comes when somebody scrolls to it: the evidence is above. */
const VersionsChart = dynamic<ComponentProps<typeof VersionsChartPart>>(
  () => import("./versions-chart.tsx").then((module) => module.VersionsChart).catch(() => NotLoaded),
  {
    ssr: false,
    loading: () => <Skeleton className="h-48" />,
  },
);

/** Old against new on the same inputs. */
export function VersionsCompared({ points, base, good }: { points: LatencyPoint[]; base: number; good: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [inView, setInView] = useState(false);
  useEffect(() => {
    if (place.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setInView(true);
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <Card>
      <CardHeader>
        <CardTitle>Old against new</CardTitle>
        <span className="text-muted-foreground text-xs">{good}</span>
      </CardHeader>
      <CardContent>
        <div ref={place} className="min-h-48">
          {inView && <VersionsChart points={points} base={base} />}
        </div>
      </CardContent>
    </Card>
  );
}
