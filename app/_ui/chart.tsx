/** How every chart looks, and the button that turns one into its table. */
import { Button } from "./button.tsx";

export const AXIS = { fill: "var(--muted-foreground)", fontSize: 11 } as const;

export const TOOLTIP = {
  isAnimationActive: false,
  contentStyle: {
    background: "var(--popover)",
    border: "1px solid var(--border)",
    borderRadius: 6,
    fontSize: 12,
    color: "var(--foreground)",
  },
} as const;

export function TableSwitch({ asTable, onTurn }: { asTable: boolean; onTurn: () => void }) {
  return (
    <Button variant="ghost" size="sm" className="ml-auto" aria-pressed={asTable} onClick={onTurn}>
      {asTable ? "Show as chart" : "Show as table"}
    </Button>
  );
}
