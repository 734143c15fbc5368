"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { GOING, noteOnTheWay } from "./going.ts";

/** Pages mostly come sooner, and a bar that flashes says nothing. */
const PATIENCE_MS = 200;

/** A bar at the top while the next page is on its way: the last one stays whole until then. */
export function PageProgress() {
  const here = `${usePathname()}?${useSearchParams()}`;
  const [going, setGoing] = useState(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever page has come, nothing is awaited any more
  useEffect(() => {
    noteOnTheWay(false);
    setGoing(false);
  }, [here]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const onGoing = (event: Event): void => {
      clearTimeout(timer);
      const { pathname, searchParams } = new URL((event as CustomEvent<string>).detail, window.location.href);
      const there = `${pathname}?${searchParams}`;
      noteOnTheWay(there !== here);
      if (there === here) setGoing(false);
      else timer = setTimeout(() => setGoing(true), PATIENCE_MS);
    };
    window.addEventListener(GOING, onGoing);
    return () => {
      clearTimeout(timer);
      window.removeEventListener(GOING, onGoing);
    };
  }, [here]);

  if (!going) return null;
  return (
    <div role="status" className="fixed inset-x-0 top-0 z-50 h-0.5 overflow-hidden">
      <span className="sr-only">Loading the page</span>
      <div aria-hidden className="h-full w-2/5 animate-pass bg-primary motion-reduce:w-full" />
    </div>
  );
}
