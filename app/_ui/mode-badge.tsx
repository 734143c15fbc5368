import { CircleDashed, CirclePlay } from "lucide-react";
import type { Mode } from "#lib/core/words.ts";
import { type Look, LookBadge } from "./look-badge.tsx";

const MODES: Record<Mode, Look> = {
  simulated: { icon: CircleDashed, tone: "info", text: "SIMULATED" },
  real: { icon: CirclePlay, tone: "warning", text: "REAL" },
};

/** Apart from the other badges: Settings needs none of their pictures. */
export function ModeBadge({ value, size }: { value: Mode; size?: "default" | "lg" }) {
  return <LookBadge look={MODES[value]} size={size} />;
}
