"use client";
import { CircleCheck, Pause } from "lucide-react";
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
  return (
    <div className="flex flex-wrap gap-2">
      <Button variant="outline" size="sm" disabled={pending} onClick={() => keep.run({ id: deployment })}>
        <CircleCheck aria-hidden />
        Call it healthy
      </Button>
      {verdict === "watching" && (
        <Button variant="outline" size="sm" disabled={pending} onClick={() => stop.run({ id: deployment })}>
          <Pause aria-hidden />
          Stop watching
        </Button>
      )}
    </div>
  );
}
