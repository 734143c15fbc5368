"use client";
import { ListChecks } from "lucide-react";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { CaseRuns } from "#lib/queries/case-runs.ts";
import { RunningJob } from "../../../_components/running-job.tsx";

/** The run of the cases that is under way, with a way to stop it; or why the last one has no result. */
export function CaseRunRow({ job, mayRun }: { job: NonNullable<CaseRuns["job"]>; mayRun: boolean }) {
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
      <RunningJob job={job} name="Running the cases" icon={ListChecks} mayStop={mayRun} />
    </div>
  );
}
