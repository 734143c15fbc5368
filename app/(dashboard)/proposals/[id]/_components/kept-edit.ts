/** An edit that was not sent, kept in the tab: a reload or another page looked at meanwhile does not lose it. */
import { toast } from "#app/_ui/toast.ts";

export type KeptEdit = { readonly revision: number; readonly source: string };

const nameOf = (proposalId: string): string => `whetstone.edit.${proposalId}`;

/** @param edit null forgets it */
export function keepEdit(proposalId: string, edit: KeptEdit | null): void {
  try {
    if (edit === null) sessionStorage.removeItem(nameOf(proposalId));
    else sessionStorage.setItem(nameOf(proposalId), JSON.stringify(edit));
  } catch {
    // A browser that keeps nothing, or no more than it has: the edit stands on the page alone.
  }
}

/** What is kept of a proposal, or null. */
export function readKeptEdit(proposalId: string): KeptEdit | null {
  try {
    const { revision, source } = JSON.parse(sessionStorage.getItem(nameOf(proposalId)) ?? "null") as Partial<KeptEdit>;
    return typeof revision === "number" && typeof source === "string" ? { revision, source } : null;
  } catch {
    return null;
  }
}

/** Says that an edit was discarded, and keeps it again where that was a mistake and no other was begun since. */
export function offerBack(proposalId: string, edit: KeptEdit, onBack: () => void): void {
  const bringBack = (): void => {
    if (readKeptEdit(proposalId) !== null) {
      toast.error("Another edit was begun since: it is left as it is.");
      return;
    }
    keepEdit(proposalId, edit);
    onBack();
  };
  toast.success("Your edit is discarded.", { action: { label: "Undo", onClick: bringBack } });
}
