import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { PROPOSAL_STATES } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { Transition } from "#lib/core/proposal.ts";

const INKS = {
  neutral: "text-muted-foreground",
  success: "text-success",
  warning: "text-warning",
  danger: "text-danger",
  info: "text-info",
  accent: "text-primary",
} as const;

/** The log that the state is read from: every move, who made it and why. */
export function Timeline({ transitions }: { transitions: readonly Transition[] }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>History</CardTitle>
      </CardHeader>
      <CardContent>
        <ol className="flex flex-col">
          {transitions.map(({ sequence, to, actor, reason, at }, index) => {
            const { icon: Icon, text, tone } = PROPOSAL_STATES[to];
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
