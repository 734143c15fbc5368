"use client";
import { useState } from "react";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import { rememberDecision, useLastDecision } from "./last-decision.ts";

const question = onDemand(() => import("#app/_ui/question.tsx"));

/** `.` undoes the last decision while it can be undone; what would write a file is asked about first. */
export function UndoKey() {
  const last = useLastDecision();
  const [asking, setAsking] = useState(false);
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
