"use client";
import { useEffect } from "react";
import { useShortcut } from "#app/_ui/keyboard.tsx";

/** The first link of each row: what a row is opened by. */
function linksOf(rows: string): HTMLElement[] {
  return [...document.querySelectorAll(`[data-rows="${rows}"] :is(tbody tr, li)`)].flatMap((row) => {
    const link = row.querySelector<HTMLElement>("a[data-opens]") ?? row.querySelector<HTMLElement>("a");
    return link === null ? [] : [link];
  });
}

/** The address of the row that was opened last, by list; kept while the tab is. */
const opened = new Map<string, string>();

function move(rows: string, by: 1 | -1): void {
  const links = linksOf(rows);
  const focused = links.indexOf(document.activeElement as HTMLElement);
  // Whoever comes back to a list goes on from the row that was opened.
  const at = focused === -1 ? links.findIndex((link) => link.getAttribute("href") === opened.get(rows)) : focused;
  const next = links[at === -1 ? (by === 1 ? 0 : links.length - 1) : (at + by + links.length) % links.length];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** `j` and `k` move through the rows of a list; ↵ opens, since the focus is on a link. */
export function RowKeys({ of, what }: { of: string; what: string }) {
  useShortcut({ keys: "j", label: `Next ${what}`, group: "List", run: () => move(of, 1) });
  useShortcut({ keys: "k", label: `Previous ${what}`, group: "List", run: () => move(of, -1) });
  useEffect(() => {
    const note = ({ target }: MouseEvent): void => {
      const link = target instanceof Element ? target.closest("a") : null;
      const href = link?.getAttribute("href");
      if (link !== null && href != null && linksOf(of).includes(link)) opened.set(of, href);
    };
    document.addEventListener("click", note, true);
    return () => document.removeEventListener("click", note, true);
  }, [of]);
  return null;
}
