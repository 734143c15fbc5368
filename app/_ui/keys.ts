/** What a key press needs to be told apart; a `KeyboardEvent` fits. */
export type Press = {
  readonly key: string;
  readonly metaKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
};

/** Where keys are typed as text, so that single ones must not act. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // A code editor hears keys on an element of its own; `data-typing` says that it can be written in.
  if (target.closest("[data-typing]") !== null) return true;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

type KeyDown = Press & { readonly repeat: boolean; preventDefault(): void; isDefaultPrevented(): boolean };

/** Hears ⌘↵ and Ctrl ↵ wherever the focus is in a dialog; an editor in it that has a meaning for them comes first. */
export function confirmKey(confirm: () => void): (event: KeyDown) => void {
  return (event) => {
    if (event.isDefaultPrevented() || event.repeat || matchKeys("mod+enter", [event]) !== "full") return;
    event.preventDefault();
    confirm();
  };
}

/** How long nobody has typed when keys are commands again, in ms. */
const PAUSE = 700;
let hushed = 0;

/** Single keys do nothing until there was a pause: what was begun in a text that is gone is no command. */
export function hush(now: number): void {
  hushed = now + PAUSE;
}

/** Whether a key of this moment comes before the pause, which it then begins anew. */
export function isHushed(now: number): boolean {
  if (now >= hushed) return false;
  hush(now);
  return true;
}

/**
 * Whether the presses so far end in, or could lead to, a shortcut such as `j`, `mod+enter` or `g t`.
 * `mod` is ⌘ or Ctrl. Shift is part of the character (`?`), so it is not asked for.
 */
export function matchKeys(keys: string, presses: readonly Press[]): "full" | "partial" | "no" {
  const wanted = keys.split(" ");
  if (presses.length > wanted.length) return "no";
  for (const [index, press] of presses.entries()) if (!fits(wanted[index] ?? "", press)) return "no";
  return presses.length === wanted.length ? "full" : "partial";
}

function fits(wanted: string, press: Press): boolean {
  const mod = wanted.startsWith("mod+");
  const key = mod ? wanted.slice(4) : wanted;
  if (press.altKey || mod !== (press.metaKey || press.ctrlKey)) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

/** The caps to draw for a shortcut: `mod+enter` is ⌘ and ↵. */
export function capsOf(keys: string, apple: boolean): string[][] {
  const names: Record<string, string> = { mod: apple ? "⌘" : "Ctrl", enter: "↵", escape: "Esc" };
  return keys.split(" ").map((chord) => {
    const parts = chord.length > 1 ? chord.split("+") : [chord];
    return parts.map((part) => names[part] ?? part);
  });
}
