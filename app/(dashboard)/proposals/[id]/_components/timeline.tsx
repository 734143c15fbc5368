import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { EDIT_ENDS, PROPOSAL_STATES } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { Transition } from "#lib/core/proposal.ts";
import type { EditEnd } from "#lib/queries/edit-end.ts";

const INKS = {
  neutral: "text-muted-foreground",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
  info: "text-info",
  accent: "text-primary",
} as const;

/** The log that the state is read from: every move, who made it and why. */
export function Timeline({ transitions, end }: { transitions: readonly Transition[]; end: EditEnd | null }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>History</CardTitle>
      </CardHeader>
      <CardContent>
        <ol className="flex flex-col">
          {transitions.map(({ sequence, to, actor, reason, at }, index) => {
            // "Cancelled" is what the file's being settled is called in the log.
            const settled = to === "cancelled" && end !== null;
            const { icon: Icon, tone } = settled ? EDIT_ENDS[end.became] : PROPOSAL_STATES[to];
            const text = settled ? end.words : PROPOSAL_STATES[to].text;
            return (
              <li key={sequence} className="relative flex gap-2.5 pb-3 text-13 last:pb-0">
                {index < transitions.length - 1 && (
                  <span className="absolute top-5 bottom-0 left-[7.5px] w-px bg-border" />
                )}
                <Icon className={cn("mt-0.5 size-4 shrink-0", INKS[tone])} aria-hidden />
                <div className="min-w-0 flex-1">
                  <p className="flex flex-wrap items-baseline gap-x-2">
                    <span className="font-medium">{text}</span>
                    <span className="text-muted-foreground text-xs">
                      {actor.name} · <RelativeTime at={at} />
                    </span>
                  </p>
                  {reason !== "" && <p className="text-muted-foreground text-xs [overflow-wrap:anywhere]">{reason}</p>}
                </div>
              </li>
            );
          })}
        </ol>
      </CardContent>
    </Card>
  );
}
