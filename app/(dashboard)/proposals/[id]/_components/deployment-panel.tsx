import { Activity, ChevronRight, CircleCheck, CircleDashed, CircleX, LoaderCircle, Undo2 } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { LiveRefresh } from "#app/_ui/live-refresh.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { duration } from "#app/_ui/relative-time.ts";
import { RelativeTime } from "#app/_ui/time.tsx";
import { DEPLOY_STEPS, type Deployment, type DeployStep, type MonitorState } from "#lib/core/deployment.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { RollBackButton } from "../../../_components/roll-back-button.tsx";
import { WatchActions } from "./watch-actions.tsx";

const STEPS: Record<DeployStep, string> = {
  intent: "Write down what is going to happen",
  backup: "Back up the file",
  stage: "Write a staged copy",
  verify: "Verify that it loads and answers",
  rename: "Put it in the file's place",
  activate: "Make it the active version",
  done: "Done",
};

const MONITORS: Record<
  MonitorState["verdict"],
  { text: string; tone: "info" | "success" | "danger" | "warning" | "neutral" }
> = {
  watching: { text: "Watching", tone: "info" },
  healthy: { text: "Healthy", tone: "success" },
  regressed: { text: "Regressed", tone: "danger" },
  inconclusive: { text: "Inconclusive", tone: "warning" },
  stopped: { text: "Watch stopped", tone: "neutral" },
};

/** Watches that a person may still end with a word. */
const UNDECIDED: readonly MonitorState["verdict"][] = ["watching", "inconclusive", "stopped"];

/** What approving led to: the plan in simulated mode, else the steps as they were taken, the watch, and the way back. */
export function DeploymentPanel({ page }: { page: ReviewPage }) {
  const { deployment, rollback, proposal, canRollBack } = page;
  if (deployment === null) return null;
  const simulated = deployment.state === "simulated";
  return (
    <Card>
      {deployment.state === "running" && <LiveRefresh everySeconds={2} kinds={["deployment"]} />}
      <CardHeader>
        <CardTitle>{title(deployment, rollback)}</CardTitle>
        <span className="text-muted-foreground text-xs">
          {rollback !== null && "deployed "}by {deployment.actor.name} · <RelativeTime at={deployment.startedAt} />
        </span>
        {canRollBack && (
          <div className="ml-auto">
            <RollBackButton
              tool={proposal.tool}
              version={deployment.fromVersion ?? 1}
              activeVersion={deployment.toVersion}
              mode={page.mode}
              reasonRequired={page.reasonRequired}
            />
          </div>
        )}
      </CardHeader>
      <CardContent className="grid gap-x-8 gap-y-4 lg:grid-cols-2">
        {simulated && (
          <p className="text-13 lg:col-span-2">
            Simulated: nothing was written, and version {deployment.fromVersion ?? "none"} still answers. This is what
            would have happened.
          </p>
        )}
        <div className={cn("flex flex-col gap-2", deployment.state !== "done" && "lg:col-span-2")}>
          {deployment.state === "done" ? (
            <details className="group">
              <summary className="flex list-none items-center gap-2 text-13">
                <CircleCheck className="size-4 shrink-0 text-success" aria-hidden />
                {deployment.steps.length} steps, all done{took(deployment)}
                <ChevronRight
                  className="size-3.5 text-muted-foreground transition-transform group-open:rotate-90"
                  aria-hidden
                />
              </summary>
              <div className="mt-2 ml-6">
                <Steps deployment={deployment} />
              </div>
            </details>
          ) : (
            <Steps deployment={deployment} />
          )}
          {deployment.backup !== undefined && (
            <p className="text-muted-foreground text-xs [overflow-wrap:anywhere]">
              Backup: <code className="font-mono">{deployment.backup}</code>
            </p>
          )}
        </div>
        <div className="flex flex-col gap-3">
          {deployment.monitor !== undefined && <Monitor monitor={deployment.monitor} over={rollback !== null} />}
          {canRollBack &&
            rollback === null &&
            deployment.monitor !== undefined &&
            UNDECIDED.includes(deployment.monitor.verdict) && (
              <WatchActions deployment={deployment.id} verdict={deployment.monitor.verdict} />
            )}
          {rollback !== null && (
            <p className="flex gap-2 text-13">
              <Undo2 className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
              <span className="min-w-0 [overflow-wrap:anywhere]">
                Rolled back to version {rollback.toVersion} by {rollback.actor.name}{" "}
                <RelativeTime at={rollback.startedAt} />
                {rollback.reason !== "" && `: ${rollback.reason}`}
              </span>
            </p>
          )}
        </div>
      </CardContent>
    </Card>
  );
}

function title(deployment: Deployment, rollback: Deployment | null): string {
  if (deployment.state === "simulated") return `The plan for version ${deployment.toVersion}`;
  if (deployment.state === "running") return `Deploying version ${deployment.toVersion}`;
  if (deployment.state === "undone") return `Deploying version ${deployment.toVersion} was undone`;
  if (deployment.kind === "rollback" && rollback !== null)
    return `Version ${deployment.toVersion} was made active again, then rolled back`;
  if (deployment.kind === "rollback") return `Version ${deployment.toVersion} was rolled back, and is active again`;
  if (rollback !== null) return `Version ${deployment.toVersion} was deployed, then rolled back`;
  return `Version ${deployment.toVersion} is deployed`;
}

/** ", in 312 ms" */
function took({ startedAt, finishedAt }: Deployment): string {
  return finishedAt === undefined ? "" : `, in ${duration(finishedAt.getTime() - startedAt.getTime())}`;
}

/** How a step looks: the last one that an undone deployment wrote down is the one that failed. */
function markOf(step: DeployStep, { state, steps }: Deployment): { icon: typeof CircleCheck; ink: string } {
  const taken = steps.some((one) => one.step === step);
  if (state === "simulated") return { icon: CircleDashed, ink: "text-info" };
  if (state === "undone" && steps.at(-1)?.step === step) return { icon: CircleX, ink: "text-danger" };
  if (taken) return { icon: CircleCheck, ink: "text-success" };
  const next = DEPLOY_STEPS.find((one) => !steps.some((record) => record.step === one));
  return state === "running" && step === next
    ? { icon: LoaderCircle, ink: "animate-spin text-info" }
    : { icon: CircleDashed, ink: "text-muted-foreground" };
}

function Steps({ deployment }: { deployment: Deployment }) {
  const { state, steps } = deployment;
  return (
    <ol className={cn("flex flex-col gap-1", state !== "done" && "grid gap-x-8 md:grid-cols-2 xl:grid-cols-3")}>
      {DEPLOY_STEPS.map((step) => {
        const taken = steps.find((one) => one.step === step);
        if (taken === undefined && state !== "running" && state !== "undone") return null;
        const { icon: Icon, ink } = markOf(step, deployment);
        return (
          <li key={step} className="flex gap-2 text-13">
            <Icon className={cn("mt-0.5 size-4 shrink-0", ink)} aria-hidden />
            <span className={cn("min-w-0", taken === undefined && "text-muted-foreground")}>
              {STEPS[step]}
              {taken?.detail !== undefined && taken.detail !== "" && (
                <span className="block text-muted-foreground text-xs [overflow-wrap:anywhere]">{taken.detail}</span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function failed(failures: number, calls: number, none: string): string {
  return calls === 0 ? none : `${failures} of ${calls} ${calls === 1 ? "call" : "calls"} failed`;
}

function Monitor({ monitor, over }: { monitor: MonitorState; over: boolean }) {
  // A rollback ends a watch before its next look does.
  const verdict = over && monitor.verdict === "watching" ? "stopped" : monitor.verdict;
  const { text, tone } = MONITORS[verdict];
  const watching = verdict === "watching";
  const watched = monitor.watched ?? monitor.calls;
  const turnedAway = watched - monitor.calls;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2 text-13">
        <Badge tone={tone}>
          <Activity aria-hidden />
          {text}
        </Badge>
        <span className="text-muted-foreground">
          {watched < monitor.limit
            ? `${watched} of ${monitor.limit} calls`
            : `${watched} calls, its limit of ${monitor.limit} is reached`}
          , looked at <RelativeTime at={monitor.updatedAt} />
        </span>
      </div>
      {watching && watched < monitor.limit && <Progress value={watched / monitor.limit} label="Calls watched" />}
      <dl className="grid grid-cols-2 gap-2 text-13">
        <div>
          <dt className="text-muted-foreground text-xs">
            {monitor.since === undefined ? "Since the deployment" : "Since it is watched again"}
          </dt>
          <dd>
            {watched === 0
              ? "no calls at the last look"
              : `${failed(monitor.failures, monitor.calls, "none that counts")}${turnedAway === 0 ? "" : `, ${turnedAway} turned away apart`}`}
          </dd>
        </div>
        <div>
          <dt className="text-muted-foreground text-xs">Before it</dt>
          <dd>{failed(monitor.baselineFailures, monitor.baselineCalls, "no calls")}</dd>
        </div>
      </dl>
      {monitor.detail !== "" && <p className="text-muted-foreground text-13">{monitor.detail}</p>}
    </div>
  );
}
