/** What taking back how a file was settled means, as a question; nothing of it is written before it is answered. */
import type { SyncUndo } from "#lib/queries/sync-undo.ts";
import type { Undoable } from "./last-decision.ts";

type Settled = Pick<SyncUndo, "tool" | "what" | "version" | "back" | "hadFile">;

export function undoableOf(settled: Settled, undo: () => void): Undoable {
  return { ...questionOf(settled), asks: true, undo };
}

/** What is asked before it is undone. */
export function questionOf(settled: Settled): Pick<Undoable, "question" | "effect" | "button"> {
  const { tool, what, version, back, hadFile } = settled;
  const goesOn = `version ${version} goes on answering calls`;
  if (what === "disk")
    return {
      question: `Let version ${back} of ${tool} answer calls again?`,
      effect: `Its edit was taken from the disk as version ${version}. The file keeps the edit, which waits as it did before.`,
      button: "Take it back",
    };
  if (what === "merge")
    return {
      question: `Take the merge of ${tool} back?`,
      effect: `Version ${back} answers calls again, and the file holds the edit again. What was merged stays as version ${version}.`,
      button: "Take it back",
    };
  return hadFile
    ? {
        question: `Put back what the file of ${tool} held?`,
        effect: `The database was taken for it; what it held is backed up, and comes back. Meanwhile ${goesOn}.`,
        button: "Put it back",
      }
    : {
        question: `Take the file of ${tool} away again?`,
        effect: `It was put back from the database. Without it, ${goesOn}.`,
        button: "Take it away",
      };
}

/** What was done, for behind the name of who did it; and what it came to, for behind the time. */
export function settledWords({ what, version, back, hadFile }: Omit<Settled, "tool">): { did: string; effect: string } {
  const instead = version === back ? "" : `: version ${version} answers calls instead of version ${back}`;
  if (what === "disk") return { did: "took the disk", effect: instead };
  if (what === "merge") return { did: "merged the edit", effect: instead };
  return hadFile
    ? { did: "took the database", effect: "; what the file held is backed up" }
    : { did: "put the file back", effect: "" };
}

/** What is said of a file last takes the place of what was said of it before, whose Undo would be another's. */
export function noticeOf(tool: string): string {
  return `settled ${tool}`;
}

/** What is said when it is done. */
export function undoneWords({ name, version }: { readonly name: string; readonly version: number | null }): string {
  return `${name} is as it was before: version ${version} answers its calls.`;
}
