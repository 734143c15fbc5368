import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** The browser's own box in our colour. */
export function Checkbox({
  className,
  onCheckedChange,
  ...props
}: Omit<ComponentProps<"input">, "type" | "onChange"> & { onCheckedChange: (checked: boolean) => void }) {
  return (
    <input
      type="checkbox"
      className={cn("size-4 shrink-0 accent-primary disabled:cursor-not-allowed disabled:opacity-50", className)}
      onChange={(event) => onCheckedChange(event.currentTarget.checked)}
      {...props}
    />
  );
}
