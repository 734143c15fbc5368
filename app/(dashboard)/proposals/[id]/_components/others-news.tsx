"use client";
import { useEffect, useRef } from "react";
import { toast } from "#app/_ui/toast.ts";

export type News = {
  /** Also the id of the entry on the page. */
  readonly key: string;
  readonly text: string;
  readonly detail: string;
};

/** Points at what another person decided or said while one looks at the page. */
export function OthersNews({ news }: { news: readonly News[] }) {
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    const fresh = known.current === null ? [] : news.filter(({ key }) => known.current?.has(key) === false);
    known.current = new Set(news.map(({ key }) => key));
    for (const { key, text, detail } of fresh) {
      mark(key);
      toast.info(text, {
        description: detail.length > 200 ? `${detail.slice(0, 199).toWellFormed()}…` : detail,
        duration: 15_000,
        action: { label: "Show", onClick: () => show(key) },
      });
    }
  }, [news]);
  return null;
}

function show(key: string): void {
  document.getElementById(key)?.scrollIntoView({ block: "center" });
  mark(key);
}

/** A ring that fades: the eye finds what came. */
function mark(key: string): void {
  document.getElementById(key)?.animate(
    [
      { outline: "2px solid var(--ring)", outlineOffset: "4px" },
      { outline: "2px solid transparent", outlineOffset: "4px" },
    ],
    {
      duration: 6_000,
      easing: "ease-in",
    },
  );
}
