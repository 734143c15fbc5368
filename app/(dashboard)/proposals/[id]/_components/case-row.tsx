"use client";
import { ChevronRight } from "lucide-react";
import { type ComponentProps, memo } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { cn } from "#app/_ui/cn.ts";
import { inert } from "#app/_ui/displayable.ts";
import { LabelBadge } from "#app/_ui/status-badge.tsx";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import { CaseDetail } from "./case-detail.tsx";

/** A case in one line, which opens; drawn anew only where it changes, for a click opens one among many. */
export const CaseRow = memo(function CaseRow({
  open,
  onToggle,
  ...detail
}: ComponentProps<typeof CaseDetail> & { open: boolean; onToggle: (index: number, opens: boolean) => void }) {
  const { one } = detail;
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => onToggle(one.index, !open)}
        className="flex h-9 w-full items-center gap-2 px-3 text-left text-13 outline-offset-[-2px] hover:bg-muted/60"
      >
        <ChevronRight
          aria-hidden
          className={cn("size-3.5 shrink-0 text-muted-foreground transition-transform", open && "rotate-90")}
        />
        <LabelBadge value={one.label} />
        <span className="min-w-0 flex-1 truncate font-mono text-xs">{lineOf(one)}</span>
        {(one.source === "base_case" || one.source === "stored_case") && <Badge outline>test case</Badge>}
        {one.source === "candidate_case" && <Badge tone="warning">by the candidate</Badge>}
        {one.source === "generated" && one.label !== "agrees" && <Badge tone="info">counterexample</Badge>}
      </button>
      {open && <CaseDetail {...detail} />}
    </>
  );
});

/** The input in one line; more than a line of a large one is never seen. */
function lineOf({ input }: EvidenceCase): string {
  return inert(JSON.stringify(input).slice(0, 300));
}
