"use client";
import { Progress as ProgressPrimitive } from "radix-ui";
import { cn } from "./cn.ts";

/** How far something is, from 0 to 1; without a value it is under way with an unknown end. */
export function Progress({ value, label, className }: { value?: number; label: string; className?: string }) {
  const percent = value === undefined ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <ProgressPrimitive.Root
      value={percent}
      aria-label={label}
      className={cn("relative h-1.5 w-full overflow-hidden rounded-full bg-muted", className)}
    >
      <ProgressPrimitive.Indicator
        className={cn(
          "h-full rounded-full bg-primary transition-[width] duration-300",
          percent === null && "animate-pulse",
        )}
        style={{ width: percent === null ? "100%" : `${percent}%` }}
      />
    </ProgressPrimitive.Root>
  );
}
