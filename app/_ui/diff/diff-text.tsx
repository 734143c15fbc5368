import { Fragment } from "react";
import { cn } from "../cn.ts";
import type { Changes } from "./changes.ts";

const MARKS = { same: " ", added: "+", removed: "−" } as const;
const LOOKS = { same: "", added: "bg-success-soft", removed: "bg-danger-soft" } as const;

/**
 * A diff as plain text: what is there before the editor has loaded, and wherever an editor would be too much.
 * @param most how many lines are drawn; all when left out
 */
export function DiffText({
  changes,
  most = Number.POSITIVE_INFINITY,
  className,
}: {
  changes: Changes;
  most?: number;
  className?: string;
}) {
  const shown: Changes["hunks"][number][] = [];
  let left = most;
  for (const lines of changes.hunks) {
    if (left <= 0) break;
    shown.push(lines.slice(0, left));
    left -= lines.length;
  }
  if (changes.hunks.length === 0)
    return <p className="px-4 py-6 text-center text-muted-foreground text-13">The two are equal.</p>;
  return (
    <div className={cn("overflow-auto bg-card font-mono text-xs leading-5", className)}>
      {shown.map((lines) => (
        <Fragment key={`${lines[0]?.before}:${lines[0]?.after}`}>
          <div className="hatched h-3 border-y first:hidden" />
          {lines.map((line) => (
            <div
              key={`${line.before}:${line.after}`}
              className={cn("grid grid-cols-[2.5rem_2.5rem_1rem_1fr]", LOOKS[line.kind])}
            >
              <span className="select-none pr-2 text-right text-muted-foreground">{line.before}</span>
              <span className="select-none pr-2 text-right text-muted-foreground">{line.after}</span>
              <span className="select-none text-muted-foreground">{MARKS[line.kind]}</span>
              <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{line.text === "" ? " " : line.text}</span>
            </div>
          ))}
        </Fragment>
      ))}
    </div>
  );
}
