import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export type Tone = "neutral" | "success" | "warning" | "danger" | "info" | "accent";

export const badgeVariants = cva(
  "inline-flex w-fit max-w-full shrink-0 items-center overflow-hidden gap-1 whitespace-nowrap rounded-sm border border-transparent font-medium [&>svg]:size-3 [&>svg]:shrink-0",
  {
    variants: {
      tone: {
        neutral: "bg-muted text-muted-foreground",
        success: "bg-success-soft text-success",
        warning: "bg-warning-soft text-warning",
        danger: "bg-danger-soft text-danger",
        info: "bg-info-soft text-info",
        accent: "bg-accent text-accent-foreground",
      } satisfies Record<Tone, string>,
      size: { default: "px-1.5 py-0.5 text-2xs leading-4", lg: "px-2 py-1 text-xs" },
      outline: { true: "border-border bg-transparent", false: "" },
    },
    defaultVariants: { tone: "neutral", size: "default", outline: false },
  },
);

export function Badge({
  className,
  tone,
  size,
  outline,
  ...props
}: ComponentProps<"span"> & VariantProps<typeof badgeVariants>) {
  return <span className={cn(badgeVariants({ tone, size, outline }), className)} {...props} />;
}
