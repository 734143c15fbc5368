import { Activity } from "lucide-react";
import { Card, CardAction, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Link } from "#app/_ui/link.tsx";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { ExecutionRow } from "#lib/queries/executions.ts";

export function RecentExecutions({ tool, executions }: { tool: string; executions: readonly ExecutionRow[] }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Recent calls</CardTitle>
        <CardAction>
          <Link href={`/executions?tool=${tool}`} className="text-13 text-link hover:underline">
            All calls
          </Link>
        </CardAction>
      </CardHeader>
      {executions.length === 0 ? (
        <EmptyState icon={Activity} title="Not called yet">
          Call it here, or from an agent.
        </EmptyState>
      ) : (
        <ul className="divide-y">
          {executions.map((execution) => (
            <li key={execution.id} className="relative flex items-center gap-3 px-4 py-2 text-13 hover:bg-muted/60">
              <OutcomeBadge value={execution.status} />
              <Link
                href={`/executions/${execution.id}`}
                className="min-w-0 flex-1 truncate font-mono text-xs after:absolute after:inset-0"
              >
                {execution.recording === "off"
                  ? "not recorded"
                  : inert(beginning(JSON.stringify(execution.input), 200))}
              </Link>
              <span className="shrink-0 text-muted-foreground text-xs tabular-nums">
                {execution.latencyMs.toFixed(1)} ms
              </span>
              <RelativeTime at={execution.startedAt} className="shrink-0 text-muted-foreground text-xs" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
