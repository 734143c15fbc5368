/** Short messages. The package that shows them comes after the page's own script; a message that is sooner waits for it. */
import type { ExternalToast } from "sonner";

export type { ExternalToast };

type Kind = "success" | "error" | "info";
type Say = (title: string, options?: ExternalToast) => void;

let shower: Readonly<Record<Kind, Say>> | null = null;
const waiting: (() => void)[] = [];

function say(kind: Kind): Say {
  return (title, options) => {
    if (shower === null) waiting.push(() => shower?.[kind](title, options));
    else shower[kind](title, options);
  };
}

export const toast: Readonly<Record<Kind, Say>> = { success: say("success"), error: say("error"), info: say("info") };

/** Says what waits, and from then on everything, through what is on the page. */
export function showThrough(what: Readonly<Record<Kind, Say>>): void {
  shower = what;
  for (const message of waiting.splice(0)) message();
}
