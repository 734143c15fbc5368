"use client";
import dynamic from "next/dynamic";
import type { ComponentProps } from "react";
import { NotLoaded } from "../../_ui/not-loaded.tsx";
import { Skeleton } from "../../_ui/skeleton.tsx";
import type { TrafficChart } from "./traffic-chart.tsx";

/** The chart's library comes after the page, so that the numbers stand first. */
export const LazyTrafficChart = dynamic<ComponentProps<typeof TrafficChart>>(
  () => import("./traffic-chart.tsx").then((module) => module.TrafficChart).catch(() => NotLoaded),
  {
    ssr: false,
    loading: () => <Skeleton className="h-96" />,
  },
);
