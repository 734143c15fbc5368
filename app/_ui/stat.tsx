import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** One figure with its name; `detail` carries the counts or the bound that it must not stand without. */
export function Stat({
  label,
  value,
  detail,
  children,
  className,
}: {
  label: ReactNode;
  value: ReactNode;
  detail?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cn("flex min-w-0 flex-col gap-0.5", className)}>
      <dt className="truncate text-muted-foreground text-xs">{label}</dt>
      <dd className="flex flex-col gap-0.5">
        <span className="font-semibold text-lg leading-6 tracking-tight">{value}</span>
        {detail !== undefined && <span className="text-muted-foreground text-xs">{detail}</span>}
        {children}
      </dd>
    </div>
  );
}

/** Figures beside each other. */
export function StatList({ children, className }: { children: ReactNode; className?: string }) {
  return <dl className={cn("grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-4", className)}>{children}</dl>;
}
