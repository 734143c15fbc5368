"use client";
import { useShortcut } from "#app/_ui/keyboard.tsx";

/** The first link of each row: what a row is opened by. */
function linksOf(rows: string): HTMLElement[] {
  return [...document.querySelectorAll(`[data-rows="${rows}"] :is(tbody tr, li)`)].flatMap((row) => {
    const link = row.querySelector<HTMLElement>("a[data-opens]") ?? row.querySelector<HTMLElement>("a");
    return link === null ? [] : [link];
  });
}

function move(rows: string, by: 1 | -1): void {
  const links = linksOf(rows);
  const at = links.indexOf(document.activeElement as HTMLElement);
  const next = links[at === -1 ? (by === 1 ? 0 : links.length - 1) : (at + by + links.length) % links.length];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** `j` and `k` move through the rows of a list; ↵ opens, since the focus is on a link. */
export function RowKeys({ of, what }: { of: string; what: string }) {
  useShortcut({ keys: "j", label: `Next ${what}`, group: "List", run: () => move(of, 1) });
  useShortcut({ keys: "k", label: `Previous ${what}`, group: "List", run: () => move(of, -1) });
  return null;
}
