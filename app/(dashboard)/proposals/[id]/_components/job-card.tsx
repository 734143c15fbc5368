"use client";
import { CircleX, Hammer, TestTubes } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Callout } from "#app/_ui/callout.tsx";
import { Card } from "#app/_ui/card.tsx";
import { LiveRefresh } from "#app/_ui/live-refresh.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Job } from "#lib/core/version.ts";
import { RunningJob } from "../../../_components/running-job.tsx";
import { testAgain } from "../actions.ts";

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
  return (
    <Card className="px-4 py-3">
      <LiveRefresh everySeconds={2} kinds={["job", "proposal"]} />
      <RunningJob
        job={job}
        name={KINDS[job.kind]}
        icon={job.kind === "generate" ? Hammer : TestTubes}
        mayStop={mayOperate}
      />
    </Card>
  );
}
