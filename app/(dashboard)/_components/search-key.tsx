"use client";
import { useShortcut } from "#app/_ui/keyboard.tsx";

/** `/` goes to the page's search field, the one marked `data-search`. */
export function SearchKey({ what }: { what: string }) {
  useShortcut({
    keys: "/",
    label: `Search ${what}`,
    group: "List",
    run: () => {
      const field = document.querySelector<HTMLInputElement>("[data-search]");
      field?.focus();
      field?.select();
    },
  });
  return null;
}
