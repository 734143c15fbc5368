"use client";
import { CircleStop, type LucideIcon } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { Elapsed } from "#app/_ui/time.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Job } from "#lib/core/version.ts";
import { stopJob } from "./stop-job-action.ts";

/** Long work that waits or runs: its stage, how far it is, since when, and a way to stop it. */
export function RunningJob({
  job,
  name,
  icon: Icon,
  mayStop,
}: {
  job: Job;
  name: string;
  icon: LucideIcon;
  mayStop: boolean;
}) {
  const stop = useAction(stopJob);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Icon className="size-4 shrink-0 text-primary" aria-hidden />
        <div className="min-w-0 flex-1" role="status">
          <p className="font-medium text-13">{name}</p>
          <p className="truncate text-muted-foreground text-13">
            {job.state === "queued" ? "Waiting for its turn" : job.stage || "Beginning"}
          </p>
        </div>
        <span className="text-muted-foreground text-13">
          {job.state === "running" && <span className="mr-2">{Math.round(job.progress * 100)} %</span>}
          <Elapsed since={job.startedAt ?? job.createdAt} />
        </span>
        {mayStop && (
          <Button
            variant="outline"
            size="sm"
            pending={stop.pending || job.cancelRequested}
            onClick={() => stop.run({ id: job.id })}
          >
            <CircleStop aria-hidden />
            {job.cancelRequested ? "Stopping" : "Stop"}
          </Button>
        )}
      </div>
      <Progress
        className="mt-3"
        label={`${name}: ${job.stage}`}
        {...(job.state === "running" ? { value: job.progress } : {})}
      />
    </>
  );
}
