"use client";
import { CircleCheck, Pause } from "lucide-react";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { MonitorState } from "#lib/core/deployment.ts";
import { pause, promote } from "../actions.ts";

/** What a person may say about a watch: that the version is good, or that nobody need look any longer. */
export function WatchActions({ deployment, verdict }: { deployment: string; verdict: MonitorState["verdict"] }) {
  const keep = useAction(promote, { onDone: ({ toVersion }) => toast.success(`Version ${toVersion} stays.`) });
  const stop = useAction(pause, {
    onDone: ({ toVersion }) => toast.success(`Version ${toVersion} is not watched now.`),
  });
  const pending = keep.pending || stop.pending;
  const [asking, setAsking] = useState(false);
  return (
    <div className="flex flex-wrap gap-2">
      <Button variant="outline" size="sm" disabled={pending} onClick={() => keep.run({ id: deployment })}>
        <CircleCheck aria-hidden />
        Call it healthy
      </Button>
      {verdict === "watching" && (
        <Button variant="outline" size="sm" disabled={pending} onClick={() => setAsking(true)}>
          <Pause aria-hidden />
          Stop watching
        </Button>
      )}
      {asking && (
        <AskedQuestion
          title="Stop watching this version?"
          effect="It is not rolled back by itself any more, whatever its calls do, and the watch does not begin again. You can still roll it back by hand."
          button="Stop watching"
          onYes={() => stop.run({ id: deployment })}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
