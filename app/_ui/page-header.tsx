import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { inert } from "./displayable.ts";

/** Title of a page, what it is about, and what can be done at once. */
export function PageHeader({
  title,
  description,
  actions,
  children,
  className,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <header className={cn("mb-5 flex flex-col gap-3", className)}>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 max-w-full [overflow-wrap:anywhere]">
          <h1 className="flex flex-wrap items-center gap-2.5 font-semibold text-xl tracking-tight">{plain(title)}</h1>
          {description !== undefined && (
            <div className="mt-1 max-w-prose text-pretty text-muted-foreground text-sm">{plain(description)}</div>
          )}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </header>
  );
}

function plain(node: ReactNode): ReactNode {
  return typeof node === "string" ? inert(node) : node;
}
