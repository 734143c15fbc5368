import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export const fieldClasses =
  "w-full min-w-0 rounded-md border border-input bg-card text-13 shadow-card placeholder:text-muted-foreground focus-visible:border-ring focus-visible:outline-2 focus-visible:outline-ring/40 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-danger";

export function Input({ className, type = "text", ...props }: ComponentProps<"input">) {
  return <input type={type} className={cn(fieldClasses, "h-8 px-2.5", className)} {...props} />;
}
