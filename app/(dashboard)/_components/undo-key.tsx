"use client";
import { useState } from "react";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { SyncUndo } from "#lib/queries/sync-undo.ts";
import { undo as undoSync } from "../sync/actions.ts";
import { rememberDecision, useLastDecision } from "./last-decision.ts";
import { noticeOf, undoableOf, undoneWords } from "./sync-undo-words.ts";

const question = onDemand(() => import("#app/_ui/question.tsx"));

/**
 * `.` undoes the last decision while it can be undone; what would write a file is asked about first.
 * @param settled what the server knows of: it outlives a reload of the page
 */
export function UndoKey({ settled }: { settled: SyncUndo | null }) {
  const remembered = useLastDecision();
  const [asking, setAsking] = useState(false);
  const back = useAction(undoSync, {
    onDone: (now) => toast.success(undoneWords(now), { id: noticeOf(now.name), action: undefined }),
  });
  const last = remembered ?? (settled && undoableOf(settled, () => back.run({ name: settled.tool })));
  function undo(): void {
    setAsking(false);
    rememberDecision(null);
    last?.undo();
  }
  useShortcut({
    keys: ".",
    label: "Undo the last decision",
    group: "Review",
    enabled: last !== null,
    inPalette: true,
    run: () => (last?.asks === true ? setAsking(true) : undo()),
  });
  return (
    asking &&
    last !== null && (
      <Brought
        part={question}
        title={last.question}
        effect={last.effect}
        button={last.button}
        onYes={undo}
        onClose={() => setAsking(false)}
      />
    )
  );
}
