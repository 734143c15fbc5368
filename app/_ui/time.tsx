"use client";
import { useEffect, useState } from "react";
import { cn } from "./cn.ts";
import { duration, relativeTime } from "./relative-time.ts";

function absolute(at: Date): string {
  return at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** A moment relative to now, kept current, with the absolute time on hover. */
export function RelativeTime({ at, className }: { at: Date | string | number; className?: string }) {
  const date = new Date(at);
  const age = Math.abs(Date.now() - date.getTime());
  const now = useNow(age < 120_000 ? 5_000 : 30_000);
  return (
    // The server's clock and time zone may differ from the browser's: what the browser says stands.
    <time
      dateTime={date.toISOString()}
      title={absolute(date)}
      suppressHydrationWarning
      className={cn("whitespace-nowrap", className)}
    >
      {relativeTime(date.getTime(), now)}
    </time>
  );
}

/** How long something has been going on, counted every second. */
export function Elapsed({ since, className }: { since: Date | string | number; className?: string }) {
  const start = new Date(since).getTime();
  const now = useNow(1_000);
  return (
    <span suppressHydrationWarning className={cn("whitespace-nowrap", className)}>
      {duration(Math.max(0, Math.round((now - start) / 1000) * 1000)).replace(/^0 ms$/, "0 s")}
    </span>
  );
}
