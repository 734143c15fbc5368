"use client";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { ModeBadge } from "#app/_ui/mode-badge.tsx";
import { toast } from "#app/_ui/toast.ts";
import type { Mode } from "#lib/core/words.ts";
import { useSettingChange } from "../../_components/use-setting-change.tsx";
import { change } from "../actions.ts";

const MEANING: Record<Mode, string> = {
  simulated:
    "Everything runs: detection, fixes, tests, review. Approving a change ends with the plan of what would be done; no file is written and the active version stays.",
  real: "Approving and deploying a change writes the tool's file, after a backup, and makes the new version answer all calls at once. It is watched, and rolled back by itself if it gets worse.",
};

/** Asked about on the way to real mode, where approving acts on files; one click back. */
export function ModeSwitch({ mode, mayChange }: { mode: Mode; mayChange: boolean }) {
  const { run, pending, question } = useSettingChange(change, {
    onDone: ({ mode: now }) =>
      toast.success(now === "real" ? "Real mode is on." : "Simulated mode is on: nothing is written."),
  });
  const [asking, setAsking] = useState(false);
  const other: Mode = mode === "real" ? "simulated" : "real";
  return (
    <div className="grid gap-3 text-13">
      <div className="flex items-start gap-3">
        <ModeBadge value={mode} size="lg" />
        <p>{MEANING[mode]}</p>
      </div>
      <div className="flex flex-wrap items-center gap-3 border-t pt-3">
        <p className="min-w-64 flex-1 text-muted-foreground">
          <strong className="font-medium text-foreground">{other === "real" ? "Real mode" : "Simulated mode"}:</strong>{" "}
          {MEANING[other]}
        </p>
        {mayChange && (
          <Button
            variant={other === "real" ? "default" : "outline"}
            pending={pending}
            onClick={() => (other === "real" ? setAsking(true) : run({ mode: other, seen: { mode } }))}
          >
            Switch to {other} mode
          </Button>
        )}
      </div>
      {question}
      {asking && (
        <AskedQuestion
          title="Switch to real mode?"
          effect={`${MEANING.real} With automatic deployment on, changes that its policy allows go live without a person. You can switch back at any time; what was written until then stays.`}
          button="Switch to real mode"
          onYes={() => run({ mode: "real", seen: { mode } })}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
