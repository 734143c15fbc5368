import type { ReactNode } from "react";
import { cn } from "./cn.ts";

/** Names the field that `htmlFor` is the id of. */
export function Label({ htmlFor, className, children }: { htmlFor: string; className?: string; children: ReactNode }) {
  return (
    <label htmlFor={htmlFor} className={cn("font-medium text-13 leading-none", className)}>
      {children}
    </label>
  );
}
