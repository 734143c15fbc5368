"use client";
import { Activity, CircleCheck, Pause } from "lucide-react";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { MonitorState } from "#lib/core/deployment.ts";
import { pause, promote, watchAgain } from "../actions.ts";

/** What a person may say about a watch: that the version is good, that nobody need look any longer, or that it goes on. */
export function WatchActions({ deployment, verdict }: { deployment: string; verdict: MonitorState["verdict"] }) {
  const keep = useAction(promote, { onDone: ({ toVersion }) => toast.success(`Version ${toVersion} stays.`) });
  const stop = useAction(pause, {
    onDone: ({ toVersion }) => toast.success(`Version ${toVersion} is not watched now.`),
  });
  const again = useAction(watchAgain, {
    onDone: ({ toVersion }) => toast.success(`Version ${toVersion} is watched again, its calls count from now on.`),
  });
  const pending = keep.pending || stop.pending || again.pending;
  const [asking, setAsking] = useState(false);
  return (
    <div className="flex flex-wrap gap-2">
      <Button variant="outline" size="sm" disabled={pending} onClick={() => keep.run({ id: deployment })}>
        <CircleCheck aria-hidden />
        Call it healthy
      </Button>
      {/* One button under two names: who pressed it keeps the focus. */}
      <Button
        variant="outline"
        size="sm"
        aria-disabled={pending || undefined}
        onClick={() => {
          if (pending) return;
          if (verdict === "watching") setAsking(true);
          else again.run({ id: deployment });
        }}
      >
        {verdict === "watching" ? <Pause aria-hidden /> : <Activity aria-hidden />}
        {verdict === "watching" ? "Stop watching" : "Watch again"}
      </Button>
      {asking && (
        <AskedQuestion
          title="Stop watching this version?"
          effect="It is not rolled back by itself any more, whatever its calls do, until somebody has it watched again. You can still roll it back by hand."
          button="Stop watching"
          onYes={() => stop.run({ id: deployment })}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
