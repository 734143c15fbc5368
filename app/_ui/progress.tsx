import { cn } from "./cn.ts";

/** How far something is, from 0 to 1; without a value it is under way with an unknown end. */
export function Progress({ value, label, className }: { value?: number; label: string; className?: string }) {
  const percent = value === undefined ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cn("relative h-1.5 w-full overflow-hidden rounded-full bg-muted", className)}
    >
      <div
        className={cn(
          "h-full rounded-full bg-primary transition-[width] duration-300",
          percent === undefined && "animate-pulse",
        )}
        style={{ width: percent === undefined ? "100%" : `${percent}%` }}
      />
    </div>
  );
}
