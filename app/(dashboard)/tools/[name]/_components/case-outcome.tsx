import { Check, X } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#app/_ui/badge.tsx";

/** How the active version did on a case, or on several. */
export function CaseOutcome({
  passed,
  className,
  children = passed ? "passes" : "does not pass",
}: {
  passed: boolean;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <Badge tone={passed ? "success" : "danger"} className={className}>
      {passed ? <Check aria-hidden /> : <X aria-hidden />}
      {children}
    </Badge>
  );
}
