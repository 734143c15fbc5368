import {
  Activity,
  ArrowDownUp,
  Ban,
  Bug,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleMinus,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  CloudOff,
  Copy,
  EyeOff,
  FileClock,
  FilePlus,
  FileWarning,
  FileX,
  FlaskConical,
  Gauge,
  GitBranch,
  GitMerge,
  Hammer,
  History,
  LoaderCircle,
  MessageSquareWarning,
  Repeat,
  Rocket,
  ScanEye,
  ShieldCheck,
  ShieldOff,
  Snail,
  TestTubes,
  TrendingDown,
  TriangleAlert,
  Undo2,
  UserRound,
  Wrench,
} from "lucide-react";
import type {
  Attribution,
  Health,
  Label,
  OpportunityKind,
  OpportunityState,
  Outcome,
  ProposalState,
  RiskLevel,
  Strategy,
  SyncState,
  Verdict,
} from "#lib/core/words.ts";
import type { EditEnd } from "#lib/queries/edit-end.ts";
import type { ToolState } from "#lib/queries/tool-state.ts";
import type { WatchEnd } from "#lib/queries/watch-end.ts";
import { type Look, LookBadge } from "./look-badge.tsx";

export const OUTCOMES: Record<Outcome, Look> = {
  succeeded: { icon: CircleCheck, tone: "success", text: "Succeeded" },
  refused: { icon: CircleSlash, tone: "info", text: "Refused" },
  failed: { icon: CircleX, tone: "danger", text: "Failed" },
  timed_out: { icon: Clock, tone: "danger", text: "Timed out" },
  rejected: { icon: Ban, tone: "warning", text: "Rejected" },
  interrupted: { icon: CloudOff, tone: "neutral", text: "Interrupted" },
};

export const HEALTHS: Record<Health, Look> = {
  healthy: { icon: CircleCheck, tone: "success", text: "Healthy" },
  degraded: { icon: TrendingDown, tone: "warning", text: "Degraded" },
  failing: { icon: CircleX, tone: "danger", text: "Failing" },
  unknown: { icon: CircleHelp, tone: "neutral", text: "Unknown" },
};

export const VERDICTS: Record<Verdict, Look> = {
  passed: { icon: CircleCheck, tone: "success", text: "Passed" },
  failed: { icon: CircleX, tone: "danger", text: "Failed" },
  inconclusive: { icon: CircleHelp, tone: "warning", text: "Inconclusive" },
  error: { icon: CloudOff, tone: "neutral", text: "Error" },
};

export const STRATEGIES: Record<Strategy, Look> = {
  shadow: { icon: Copy, tone: "success", text: "Shadow" },
  replay: { icon: Repeat, tone: "info", text: "Replay" },
  synthetic: { icon: FlaskConical, tone: "warning", text: "Synthetic" },
  manual: { icon: UserRound, tone: "danger", text: "Manual" },
};

export const RISKS: Record<RiskLevel, Look> = {
  low: { icon: ShieldCheck, tone: "success", text: "Low risk" },
  medium: { icon: TriangleAlert, tone: "warning", text: "Medium risk" },
  high: { icon: ShieldOff, tone: "danger", text: "High risk" },
};

export const SYNC_STATES: Record<SyncState, Look> = {
  in_sync: { icon: CircleCheck, tone: "success", text: "In sync" },
  disk_ahead: { icon: FileClock, tone: "info", text: "Disk ahead" },
  database_ahead: { icon: ArrowDownUp, tone: "info", text: "Database ahead" },
  conflict: { icon: GitMerge, tone: "danger", text: "Conflict" },
  missing: { icon: FileX, tone: "danger", text: "File missing" },
  new: { icon: FilePlus, tone: "info", text: "New" },
  unloadable: { icon: FileWarning, tone: "danger", text: "Does not load" },
};

export const PROPOSAL_STATES: Record<ProposalState, Look> = {
  generating: { icon: Hammer, tone: "info", text: "Generating" },
  no_fix: { icon: CircleMinus, tone: "neutral", text: "No fix found" },
  testing: { icon: TestTubes, tone: "info", text: "Testing" },
  awaiting_review: { icon: ScanEye, tone: "accent", text: "Awaiting review" },
  changes_requested: { icon: MessageSquareWarning, tone: "warning", text: "Changes requested" },
  approved: { icon: CircleCheck, tone: "success", text: "Approved" },
  deploying: { icon: LoaderCircle, tone: "info", text: "Deploying" },
  simulated: { icon: CircleDashed, tone: "info", text: "Simulated" },
  deployed: { icon: Rocket, tone: "success", text: "Deployed" },
  monitoring: { icon: Activity, tone: "success", text: "Deployed, watched" },
  stable: { icon: ShieldCheck, tone: "success", text: "Stable" },
  rolled_back: { icon: Undo2, tone: "warning", text: "Rolled back" },
  rejected: { icon: CircleX, tone: "danger", text: "Rejected" },
  stale: { icon: History, tone: "warning", text: "Stale" },
  cancelled: { icon: Ban, tone: "neutral", text: "Cancelled" },
};

/** A watch that ended without a word on its version, which its words say. */
export const WATCH_ENDS: Record<WatchEnd["kind"], Omit<Look, "text">> = {
  stopped: { icon: CirclePause, tone: "neutral" },
  inconclusive: { icon: CircleHelp, tone: "warning" },
};

/** What became of an edit on disk that was settled by its file, which its words say. */
export const EDIT_ENDS: Record<EditEnd["became"], Omit<Look, "text">> = {
  live: { icon: Rocket, tone: "success" },
  taken: { icon: History, tone: "neutral" },
  merged: { icon: GitMerge, tone: "success" },
  dropped: { icon: Ban, tone: "neutral" },
  replaced: { icon: FileClock, tone: "neutral" },
};

export const OPPORTUNITY_KINDS: Record<OpportunityKind, Look> = {
  failing: { icon: CircleX, tone: "danger", text: "Failing" },
  incorrect: { icon: Bug, tone: "danger", text: "Incorrect" },
  degrading: { icon: TrendingDown, tone: "warning", text: "Degrading" },
  slow: { icon: Snail, tone: "warning", text: "Slow" },
};

/** An incorrect tool of which no answer is known to be wrong yet. */
export const SUSPECTED: Look = { icon: Bug, tone: "warning", text: "May be incorrect" };

export const OPPORTUNITY_STATES: Record<OpportunityState, Look> = {
  open: { icon: CircleAlert, tone: "danger", text: "Open" },
  in_progress: { icon: Hammer, tone: "info", text: "In progress" },
  resolved: { icon: CircleCheck, tone: "success", text: "Resolved" },
  dismissed: { icon: EyeOff, tone: "neutral", text: "Dismissed" },
  snoozed: { icon: CirclePause, tone: "neutral", text: "Snoozed" },
};

export const LABELS: Record<Label, Look> = {
  agrees: { icon: CircleCheck, tone: "neutral", text: "Agrees" },
  changed: { icon: GitBranch, tone: "warning", text: "Changed" },
  regression: { icon: CircleX, tone: "danger", text: "Regression" },
  corrected: { icon: CircleCheck, tone: "success", text: "Corrected" },
  still_wrong: { icon: CircleX, tone: "danger", text: "Still wrong" },
  repaired: { icon: Wrench, tone: "success", text: "Repaired" },
  unconfirmed: { icon: CircleHelp, tone: "warning", text: "Unconfirmed" },
  masked: { icon: EyeOff, tone: "danger", text: "Masked" },
  handled: { icon: CircleSlash, tone: "success", text: "Refused clearly" },
  still_failing: { icon: CircleX, tone: "danger", text: "Still failing" },
  diverged: { icon: GitBranch, tone: "warning", text: "Diverged" },
  slower: { icon: Gauge, tone: "warning", text: "Slower" },
};

export const ATTRIBUTIONS: Record<Attribution, Look> = {
  tool: { icon: Wrench, tone: "neutral", text: "Tool fault" },
  caller: { icon: UserRound, tone: "neutral", text: "Caller fault" },
  upstream: { icon: CloudOff, tone: "neutral", text: "Upstream fault" },
  unknown: { icon: CircleHelp, tone: "neutral", text: "Fault unknown" },
};

type Props<Word> = { value: Word; size?: "default" | "lg" };

export function OutcomeBadge({ value, size }: Props<Outcome>) {
  return <LookBadge look={OUTCOMES[value]} size={size} />;
}
/** What a tool is called: by its open problem, else by its health; of an earlier version it says so. */
export function ToolStateBadge({ value: { word, seenOn }, size }: Props<ToolState>) {
  const look =
    word === "suspected"
      ? SUSPECTED
      : word in OPPORTUNITY_KINDS
        ? OPPORTUNITY_KINDS[word as OpportunityKind]
        : HEALTHS[word as Health];
  if (seenOn === null) return <LookBadge look={look} size={size} />;
  return (
    <span title={`Detected on version ${seenOn}, which answers no more: the next detection tells whether it is gone`}>
      <LookBadge look={{ ...look, tone: "neutral", text: `${look.text} on v${seenOn}` }} size={size} />
    </span>
  );
}
export function VerdictBadge({ value, size }: Props<Verdict>) {
  return <LookBadge look={VERDICTS[value]} size={size} />;
}
export function StrategyBadge({ value, size }: Props<Strategy>) {
  return <LookBadge look={STRATEGIES[value]} size={size} />;
}
export function RiskBadge({ value, size }: Props<RiskLevel>) {
  return <LookBadge look={RISKS[value]} size={size} />;
}
export function SyncBadge({ value, size }: Props<SyncState>) {
  return <LookBadge look={SYNC_STATES[value]} size={size} />;
}
export function ProposalStateBadge({
  value,
  size,
  end = null,
  watch = null,
}: Props<ProposalState> & { end?: EditEnd | null; watch?: WatchEnd | null }) {
  const look = end === null ? PROPOSAL_STATES[value] : { ...EDIT_ENDS[end.became], text: end.words };
  return <LookBadge look={watch === null ? look : { ...WATCH_ENDS[watch.kind], text: watch.words }} size={size} />;
}
export function OpportunityKindBadge({
  value,
  size,
  suspected = false,
}: Props<OpportunityKind> & { suspected?: boolean }) {
  return <LookBadge look={suspected ? SUSPECTED : OPPORTUNITY_KINDS[value]} size={size} />;
}
export function OpportunityStateBadge({ value, size }: Props<OpportunityState>) {
  return <LookBadge look={OPPORTUNITY_STATES[value]} size={size} />;
}
export function LabelBadge({ value, size }: Props<Label>) {
  return <LookBadge look={LABELS[value]} size={size} />;
}
export function AttributionBadge({ value, size }: Props<Attribution>) {
  return <LookBadge look={ATTRIBUTIONS[value]} size={size} />;
}
