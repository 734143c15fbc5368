"use client";
import { Radar, Square } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { Elapsed } from "#app/_ui/time.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { detect, stop } from "../actions.ts";

/** Asks for a look over all tools; while it runs, its stage and a stop button. */
export function DetectButton({ job }: { job: { id: string; stage: string; progress: number; since: Date } | null }) {
  const { run, pending } = useAction(detect);
  const stopping = useAction(stop);
  if (job !== null)
    return (
      <div className="flex items-center gap-3 text-13" role="status">
        <span className="text-muted-foreground">{job.stage || "Waiting to begin"}</span>
        <Progress value={job.progress} label="Detection" className="w-32" />
        <Elapsed since={job.since} className="text-muted-foreground text-xs" />
        <Button variant="outline" size="sm" pending={stopping.pending} onClick={() => stopping.run({ id: job.id })}>
          <Square aria-hidden />
          Stop
        </Button>
      </div>
    );
  return (
    <Button variant="outline" pending={pending} onClick={() => run({ waitSeconds: 5 })}>
      {!pending && <Radar aria-hidden />}
      Detect now
    </Button>
  );
}
