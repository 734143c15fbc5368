import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

/** On a phone rows become blocks whose cells flow; cells with `wide` have a line of their own there. */
const STACKED =
  "max-md:block max-md:[&_thead]:sr-only max-md:[&_tbody]:block max-md:[&_tr]:flex max-md:[&_tr]:flex-wrap max-md:[&_tr]:items-center max-md:[&_tr]:gap-x-3 max-md:[&_tr]:gap-y-1 max-md:[&_tr]:px-4 max-md:[&_tr]:py-2.5 max-md:[&_td]:block max-md:[&_td]:p-0! max-md:[&_td:empty]:hidden";

/**
 * Scrolls sideways by itself where it is wider than its place; `label` names it for those who cannot see it.
 * @param props.rows a name by which `j` and `k` find the rows
 * @param props.stacked rows become blocks where it is narrow, for lists whose rows are read one by one
 */
export function Table({
  className,
  label,
  stacked = false,
  rows,
  ...props
}: ComponentProps<"table"> & { label: string; stacked?: boolean; rows?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="w-full overflow-x-auto" aria-label={label} tabIndex={0} data-rows={rows}>
      <table
        className={cn("w-full caption-bottom border-collapse text-13", stacked && STACKED, className)}
        {...props}
      />
    </section>
  );
}

export function TableHeader({ className, ...props }: ComponentProps<"thead">) {
  return <thead className={cn("[&_tr]:border-b", className)} {...props} />;
}

export function TableBody({ className, ...props }: ComponentProps<"tbody">) {
  return <tbody className={cn("[&_tr:last-child]:border-0", className)} {...props} />;
}

export function TableRow({ className, ...props }: ComponentProps<"tr">) {
  return (
    <tr
      className={cn("border-b hover:bg-muted/60 aria-selected:bg-accent data-current:bg-accent", className)}
      {...props}
    />
  );
}

export function TableHead({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn(
        "h-9 whitespace-nowrap px-3 text-left align-middle font-medium text-muted-foreground text-xs first:pl-4 last:pr-4",
        className,
      )}
      {...props}
    />
  );
}

/** @param props.wide takes a whole line where the rows of a stacked table are blocks */
export function TableCell({ className, wide = false, ...props }: ComponentProps<"td"> & { wide?: boolean }) {
  return (
    <td
      className={cn(
        "px-3 py-2 align-middle first:pl-4 last:pr-4",
        wide && "max-md:min-w-0 max-md:max-w-full max-md:basis-full",
        className,
      )}
      {...props}
    />
  );
}

export function TableCaption({ className, ...props }: ComponentProps<"caption">) {
  return <caption className={cn("mt-3 text-muted-foreground text-xs", className)} {...props} />;
}
