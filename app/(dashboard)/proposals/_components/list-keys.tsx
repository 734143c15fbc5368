"use client";
import { useShortcut } from "#app/_ui/keyboard.tsx";

function move(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("#waiting a")];
  const at = links.indexOf(document.activeElement as HTMLElement);
  links[at === -1 ? (by === 1 ? 0 : links.length - 1) : (at + by + links.length) % links.length]?.focus();
}

/** j and k move the focus through the waiting proposals; ↵ opens. */
export function ListKeys() {
  useShortcut({ keys: "j", label: "Next proposal", group: "List", run: () => move(1) });
  useShortcut({ keys: "k", label: "Previous proposal", group: "List", run: () => move(-1) });
  return null;
}
