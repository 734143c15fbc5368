/** What taking back "take the database" means, as a question; nothing of it is written before it is answered. */
import type { SyncUndo } from "#lib/queries/sync-undo.ts";
import type { Undoable } from "./last-decision.ts";

export function undoableOf(
  { tool, version, hadFile }: Pick<SyncUndo, "tool" | "version" | "hadFile">,
  undo: () => void,
): Undoable {
  const goesOn = `version ${version} goes on answering calls`;
  return {
    question: hadFile ? `Put back what the file of ${tool} held?` : `Take the file of ${tool} away again?`,
    effect: hadFile
      ? `The database was taken for it; what it held is backed up, and comes back. Meanwhile ${goesOn}.`
      : `It was put back from the database. Without it, ${goesOn}.`,
    button: hadFile ? "Put it back" : "Take it away",
    asks: true,
    undo,
  };
}
