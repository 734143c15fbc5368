import { TriangleAlert } from "lucide-react";
import { VerdictBadge } from "#app/_ui/status-badge.tsx";
import type { DecisionFacts } from "./review.tsx";

/** The verdict in one line, as it stands in what asks before a decision. */
export function VerdictInLine({ verdict, headline }: Pick<DecisionFacts, "verdict" | "headline">) {
  if (verdict === null) return null;
  return (
    <p className="flex items-start gap-2 rounded-md border bg-muted/50 px-3 py-2 text-13">
      <VerdictBadge value={verdict} />
      <span>{headline}</span>
    </p>
  );
}

/** Warnings that are told and not asked about. */
export function WarningsTold({ warnings }: { warnings: readonly { readonly id: string; readonly text: string }[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul aria-label="Warnings" className="flex flex-col gap-1.5 text-13">
      {warnings.map(({ id, text }) => (
        <li key={id} className="flex gap-2">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
          {text}
        </li>
      ))}
    </ul>
  );
}
