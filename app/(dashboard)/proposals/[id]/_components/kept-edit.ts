/** An edit, and changes that were dropped, kept in the tab until they are sent: a reload or another page does not lose them. */
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

const dropsOf = (proposalId: string): string => `whetstone.drops.${proposalId}`;

/** Keeps which changes were dropped and not tested yet, by what each takes out and puts in. */
export function keepDrops(proposalId: string, words: readonly string[]): void {
  try {
    if (words.length === 0) sessionStorage.removeItem(dropsOf(proposalId));
    else sessionStorage.setItem(dropsOf(proposalId), JSON.stringify(words));
  } catch {
    // As with an edit: they stand on the page alone.
  }
}

export function readKeptDrops(proposalId: string): string[] {
  try {
    const words: unknown = JSON.parse(sessionStorage.getItem(dropsOf(proposalId)) ?? "[]");
    return Array.isArray(words) ? words.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
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
