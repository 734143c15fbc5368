"use client";
import dynamic from "next/dynamic";
import { Skeleton } from "../../_ui/skeleton.tsx";

/** The chart's library comes after the page, so that the numbers stand first. */
export const LazyTrafficChart = dynamic(() => import("./traffic-chart.tsx").then((module) => module.TrafficChart), {
  ssr: false,
  loading: () => <Skeleton className="h-96" />,
});
