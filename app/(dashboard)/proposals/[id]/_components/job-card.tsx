"use client";
import { CircleStop, CircleX, Hammer, TestTubes } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Callout } from "#app/_ui/callout.tsx";
import { Card } from "#app/_ui/card.tsx";
import { LiveRefresh } from "#app/_ui/live-refresh.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { Elapsed } from "#app/_ui/time.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Job } from "#lib/core/version.ts";
import { stopJob, testAgain } from "../actions.ts";

const KINDS: Record<Job["kind"], string> = {
  detect: "Looking for problems",
  generate: "Writing a fix",
  test: "Testing the fix",
  deploy: "Deploying",
  monitor: "Watching",
  cases: "Running the cases",
};

/** Long work on a proposal: stage, progress, elapsed, and a way to stop it. Or why it ended without a result. */
export function JobCard({ job, proposalId, mayOperate }: { job: Job; proposalId: string; mayOperate: boolean }) {
  const stop = useAction(stopJob);
  const again = useAction(testAgain);
  const running = job.state === "queued" || job.state === "running";
  if (!running)
    return (
      <Callout
        tone={job.state === "failed" ? "danger" : "warning"}
        icon={CircleX}
        title={job.state === "failed" ? `${KINDS[job.kind]} ended with an error` : `${KINDS[job.kind]} was stopped`}
        action={
          job.kind === "test" &&
          mayOperate && (
            <Button variant="outline" size="sm" pending={again.pending} onClick={() => again.run({ id: proposalId })}>
              Run the tests
            </Button>
          )
        }
      >
        {job.error ?? "Nothing was changed."}
      </Callout>
    );
  const Icon = job.kind === "generate" ? Hammer : TestTubes;
  return (
    <Card className="px-4 py-3">
      <LiveRefresh everySeconds={2} kinds={["job", "proposal"]} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Icon className="size-4 shrink-0 text-primary" aria-hidden />
        <div className="min-w-0 flex-1" role="status">
          <p className="font-medium text-13">{KINDS[job.kind]}</p>
          <p className="truncate text-muted-foreground text-13">
            {job.state === "queued" ? "Waiting for its turn" : job.stage || "Beginning"}
          </p>
        </div>
        <span className="text-muted-foreground text-13">
          {job.state === "running" && <span className="mr-2">{Math.round(job.progress * 100)} %</span>}
          <Elapsed since={job.startedAt ?? job.createdAt} />
        </span>
        {mayOperate && (
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
        label={`${KINDS[job.kind]}: ${job.stage}`}
        {...(job.state === "running" ? { value: job.progress } : {})}
      />
    </Card>
  );
}
