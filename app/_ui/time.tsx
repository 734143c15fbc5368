"use client";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { cn } from "./cn.ts";
import { duration, relativeTime } from "./relative-time.ts";

/** Whoever asks to be told now and then shares one timer. */
function everyFew(ms: number): (listener: () => void) => () => void {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  return (listener) => {
    listeners.add(listener);
    timer ??= setInterval(() => {
      for (const tell of listeners) tell();
    }, ms);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

const fewSeconds = everyFew(5_000);
const seconds = everyFew(1_000);

function absoluteTime(date: Date): string {
  return date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

/** A moment relative to now, kept current, with the absolute time on hover. */
export function RelativeTime({ at, className }: { at: Date | string | number; className?: string }) {
  const date = new Date(at);
  const words = (): string => relativeTime(date.getTime(), Date.now());
  const shown = useSyncExternalStore(fewSeconds, words, words);
  return (
    // The server's clock may differ from the browser's, and its time zone does: what the browser says stands.
    <time
      dateTime={date.toISOString()}
      suppressHydrationWarning
      // Not before it is asked for: a page of times would take a tenth of a second longer.
      onPointerEnter={({ currentTarget }) => {
        currentTarget.title = absoluteTime(date);
      }}
      className={cn("whitespace-nowrap", className)}
    >
      {shown}
    </time>
  );
}

/** The same in a row that is a link as a whole: above the link, so that hovering tells, and absolute while the link has focus. */
export function RowTime({ at, className }: { at: Date | string | number; className?: string }) {
  const place = useRef<HTMLSpanElement>(null);
  const [focused, setFocused] = useState(false);
  useEffect(() => {
    const row = place.current?.closest("li");
    const look = (): void => setFocused(Boolean(row?.querySelector("a:focus-visible")));
    const away = (): void => setFocused(false);
    row?.addEventListener("focusin", look);
    row?.addEventListener("focusout", away);
    return () => {
      row?.removeEventListener("focusin", look);
      row?.removeEventListener("focusout", away);
    };
  }, []);
  return (
    <span ref={place} className={cn("relative z-10", className)}>
      {focused ? (
        <time dateTime={new Date(at).toISOString()}>{absoluteTime(new Date(at))}</time>
      ) : (
        <RelativeTime at={at} />
      )}
    </span>
  );
}

/** How long something has been going on, counted every second. */
export function Elapsed({ since, className }: { since: Date | string | number; className?: string }) {
  const start = new Date(since).getTime();
  const words = (): string =>
    duration(Math.max(0, Math.round((Date.now() - start) / 1000) * 1000)).replace(/^0 ms$/, "0 s");
  const shown = useSyncExternalStore(seconds, words, words);
  return (
    <span suppressHydrationWarning className={cn("whitespace-nowrap", className)}>
      {shown}
    </span>
  );
}
