"use client";
import { CircleStop } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { Elapsed, RelativeTime } from "#app/_ui/time.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { CaseRuns } from "#lib/queries/case-runs.ts";
import { stopJob } from "../actions.ts";

/** The run of the cases that is under way, with a way to stop it; or why the last one has no result. */
export function CaseRunRow({ job, mayRun }: { job: NonNullable<CaseRuns["job"]>; mayRun: boolean }) {
  const stop = useAction(stopJob);
  if (job.state !== "queued" && job.state !== "running")
    return (
      <p role="status" className="border-b px-4 py-2 text-13 text-warning [overflow-wrap:anywhere]">
        {job.state === "failed" ? `The last run ended with an error: ${job.error}` : "The last run was stopped"}
        {job.state === "cancelled" && (job.stage === "" ? " before it began" : ` after ${job.stage}`)}
        {job.finishedAt !== null && (
          <>
            , <RelativeTime at={job.finishedAt} />
          </>
        )}
        .
      </p>
    );
  return (
    <div className="border-b px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-13">
        <p role="status" className="min-w-0 flex-1 truncate">
          {job.state === "queued" ? "Waiting for its turn" : `Running: ${job.stage || "beginning"}`}
        </p>
        <span className="text-muted-foreground">
          <Elapsed since={job.startedAt ?? job.createdAt} />
        </span>
        {mayRun && (
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
        label={`Cases run: ${job.stage}`}
        {...(job.state === "running" ? { value: job.progress } : {})}
      />
    </div>
  );
}
