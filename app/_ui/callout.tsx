import { CircleCheck, CircleX, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

const LOOKS = {
  info: { icon: Info, classes: "border-info/30 bg-info-soft", ink: "text-info" },
  success: { icon: CircleCheck, classes: "border-success/30 bg-success-soft", ink: "text-success" },
  warning: { icon: TriangleAlert, classes: "border-warning/30 bg-warning-soft", ink: "text-warning" },
  danger: { icon: CircleX, classes: "border-danger/30 bg-danger-soft", ink: "text-danger" },
} as const;

/** A box that asks for attention: an icon, a bold line, and what to do. */
export function Callout({
  tone = "info",
  icon,
  title,
  children,
  action,
  className,
}: {
  tone?: keyof typeof LOOKS;
  icon?: LucideIcon;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  const look = LOOKS[tone];
  const Icon = icon ?? look.icon;
  return (
    <div
      className={cn(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-3.5 py-2.5",
        look.classes,
        className,
      )}
    >
      <Icon className={cn("mt-0.5 size-4 shrink-0", look.ink)} aria-hidden />
      <div className="min-w-0 flex-1 basis-56 text-13 [overflow-wrap:anywhere]">
        <p className={cn("font-medium", look.ink)}>{title}</p>
        {children !== undefined && <div className="mt-0.5 text-foreground/85">{children}</div>}
      </div>
      {action !== undefined && <div className="flex shrink-0 flex-wrap items-center gap-2">{action}</div>}
    </div>
  );
}
