"use client";
import { Undo2 } from "lucide-react";
import { useRef, useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { SyncState } from "#lib/core/words.ts";
import type { SyncUndo } from "#lib/queries/sync-undo.ts";
import { rememberDecision } from "../../_components/last-decision.ts";
import { noticeOf, questionOf, undoableOf, undoneWords } from "../../_components/sync-undo-words.ts";
import { resolve, undo } from "../actions.ts";
import type { MergeConflict } from "./merge-dialog.tsx";
import { MergeDialog } from "./merge-dialog-on-demand.ts";
import { doubtOf, offersFor, type Resolution, type Tests } from "./sync-words.ts";

const WORDS: Record<Resolution, string> = {
  take_disk: "Take the disk",
  take_database: "Take the database",
  merge: "Merge",
};

const SETTLED: Record<Resolution, SyncUndo["what"]> = { take_disk: "disk", take_database: "database", merge: "merge" };

/** What just went live is taken back by one click; what has answered calls for longer is asked about. */
function isOld({ what, at }: SyncUndo): boolean {
  return what !== "database" && Date.now() - at.getTime() > 10 * 60_000;
}

/** One click settles a file, asked about first where it would make live what did not pass; overlaps are merged by hand. */
export function SyncActions({
  name,
  state,
  activeVersion,
  widened,
  tests,
  diskHash,
  undoable,
}: {
  name: string;
  state: SyncState;
  /** The version that answers its calls: without one there is nothing to put back. */
  activeVersion: number | null;
  /** What taking the edit would let the tool do beyond today: taken only after it was read. */
  widened: readonly string[];
  /** What the tests of the edit came to: taken at once only where they passed. */
  tests: Tests | null;
  /** Of the file as it is shown; null where there is none. */
  diskHash: string | null;
  /** What was done to the file last, where that can be taken back. */
  undoable: SyncUndo | null;
}) {
  const answers = activeVersion !== null;
  const [asking, setAsking] = useState<Resolution | null>(null);
  const [askingBack, setAskingBack] = useState(false);
  const [conflict, setConflict] = useState<(MergeConflict & { readonly begun: string | null }) | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const asked = useRef<Resolution>("merge");
  /** Of the file that a merge began from. */
  const merging = useRef(diskHash);
  /** What was written in a merge whose file was saved again meanwhile. */
  const result = useRef<string | null>(null);
  const takeBack = useAction(undo, {
    onDone: (now) => toast.success(undoneWords(now), { id: noticeOf(now.name), action: undefined }),
  });
  function takeItBack(): void {
    rememberDecision(null);
    takeBack.run({ name });
  }
  const { run, pending } = useAction(resolve, {
    onDone: ({ backedUp, version }) => {
      setConflict(null);
      const what = SETTLED[asked.current];
      // A file that is the first version of its tool has nothing before it to go back to.
      if (what !== "database" && activeVersion === null) {
        toast.success(`${name} is settled.`);
        return;
      }
      const back = what === "database" ? version : (activeVersion ?? version);
      const settled = { tool: name, what, version, back, hadFile: backedUp };
      rememberDecision(undoableOf(settled, () => takeBack.run({ name })));
      toast.success(
        what !== "database"
          ? `${name} is settled: version ${version} answers its calls.`
          : backedUp
            ? `${name} is settled; what the file held is backed up.`
            : `The file of ${name} is back.`,
        { id: noticeOf(name), action: { label: "Undo", onClick: takeItBack } },
      );
    },
    onRefused: ({ message, details }) => {
      const { regions, sides, ...began } = details as Partial<MergeConflict> & { diskHash?: string };
      if (regions !== undefined && sides !== undefined) {
        merging.current = began.diskHash ?? null;
        setRefusal(null);
        setConflict({ regions, sides, begun: result.current });
        result.current = null;
      } else if (conflict !== null) setRefusal(message);
      else toast.error(message);
    },
  });
  function questionFor(resolution: Resolution): { title: string; effect: string } | null {
    if (resolution === "take_database") return null;
    const untested = resolution === "take_disk" && answers && tests?.verdict !== "passed";
    const doubt = untested ? doubtOf(tests) : "";
    if (widened.length > 0)
      return {
        title: `Let ${name} do more than today?`,
        effect:
          `The edit on disk asks for ${widened.join("; ")}. Taking it lets every call of ${name} do so. ${doubt}`.trim(),
      };
    return untested
      ? { title: `Let the edit of ${name} answer all calls?`, effect: `It goes live at once. ${doubt}` }
      : null;
  }
  const question = asking === null ? null : questionFor(asking);
  function settle(resolution: Resolution, source?: string): void {
    asked.current = resolution;
    const seen = source === undefined ? diskHash : merging.current;
    run({
      name,
      resolution,
      ...(source === undefined ? {} : { source }),
      // A file that is put back has nothing that could be lost; any other was seen as it is.
      ...(seen === null || resolution === "take_database" ? {} : { diskHash: seen }),
    });
  }
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {undoable !== null && (
        <Button
          variant="outline"
          size="sm"
          pending={takeBack.pending}
          onClick={() => (isOld(undoable) ? setAskingBack(true) : takeItBack())}
        >
          {!takeBack.pending && <Undo2 aria-hidden />}
          Undo
        </Button>
      )}
      {offersFor({ state, answers, diskHash }).map((resolution) => (
        <Button
          key={resolution}
          variant="outline"
          size="sm"
          disabled={pending}
          onClick={() => (questionFor(resolution) === null ? settle(resolution) : setAsking(resolution))}
        >
          {resolution === "take_database" && (state === "missing" || state === "unloadable")
            ? "Put the file back"
            : WORDS[resolution]}
        </Button>
      ))}
      {asking !== null && question !== null && (
        <AskedQuestion
          {...question}
          button={asking === "merge" ? "Merge it" : "Take it"}
          onYes={() => settle(asking)}
          onClose={() => setAsking(null)}
        />
      )}
      {askingBack && undoable !== null && (
        <AskedQuestion
          title={questionOf(undoable).question}
          effect={questionOf(undoable).effect}
          button={questionOf(undoable).button}
          onYes={takeItBack}
          onClose={() => setAskingBack(false)}
        />
      )}
      {conflict !== null && (
        <MergeDialog
          name={name}
          key={conflict.sides.disk}
          conflict={conflict}
          begun={conflict.begun}
          pending={pending}
          refusal={refusal}
          onRenew={(written) => {
            result.current = written;
            settle("merge");
          }}
          widened={widened}
          onTake={(source) => settle("merge", source)}
          onClose={() => setConflict(null)}
        />
      )}
    </div>
  );
}
