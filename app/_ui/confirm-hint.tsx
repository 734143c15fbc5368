import { Keys } from "./keyboard.tsx";

/** Says in a dialog's foot that ⌘↵ confirms it; there is no room for it on a phone, nor a key. */
export function ConfirmHint() {
  return (
    <span className="mr-auto hidden items-center gap-1.5 text-muted-foreground text-xs sm:flex">
      <Keys keys="mod+enter" /> confirms
    </span>
  );
}
