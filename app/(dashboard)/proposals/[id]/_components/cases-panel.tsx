"use client";
import { ChevronRight, FlaskConical } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { LABELS, LabelBadge } from "#app/_ui/status-badge.tsx";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Label } from "#lib/core/words.ts";
import { ALWAYS_COUNTED, LABEL_ORDER } from "#lib/queries/review-lines.ts";
import { CaseDetail } from "./case-detail.tsx";

const SHOWN = 25;
/** Which case is open at first: the shortest proof that it helps, else whatever went wrong. */
const OPENED_FIRST: readonly Label[] = ["regression", "still_wrong", "repaired", "corrected", "handled", "masked"];

/** Every tested case, by how it came out; the first worth reading is open. */
export function CasesPanel({
  cases,
  counts,
  noisePaths,
  tested,
  baseVersion,
  proposalId,
}: {
  cases: readonly EvidenceCase[];
  counts: Partial<Record<Label, number>>;
  noisePaths: readonly string[];
  tested: boolean;
  baseVersion: number;
  proposalId: string | null;
}) {
  const [label, setLabel] = useState<Label | null>(null);
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(firstOpen(cases)));
  const list = useRef<HTMLUListElement>(null);

  // A new snapshot is a new list.
  const identity = cases.map(({ index }) => index).join(",");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the identity stands for the cases
  useEffect(() => {
    const linked = /^#case-(\d+)$/.exec(window.location.hash)?.[1];
    setOpen(new Set(linked === undefined ? firstOpen(cases) : [Number(linked)]));
    if (linked !== undefined) document.getElementById(`case-${linked}`)?.scrollIntoView({ block: "nearest" });
  }, [identity]);

  useShortcut({
    keys: "e",
    label: "Evidence",
    group: "Review",
    inPalette: true,
    run: () => list.current?.querySelector<HTMLElement>("button")?.focus(),
  });

  const shown = useMemo(() => cases.filter((one) => label === null || one.label === label), [cases, label]);
  const filters = (cases.length === 0 ? [] : LABEL_ORDER).filter(
    (one) => (counts[one] ?? 0) > 0 || ALWAYS_COUNTED.includes(one),
  );

  function toggle(index: number): void {
    const next = new Set(open);
    if (next.delete(index)) window.history.replaceState(null, "", window.location.pathname + window.location.search);
    else {
      next.add(index);
      window.history.replaceState(null, "", `#case-${index}`);
    }
    setOpen(next);
  }

  return (
    <Card className="flex h-[clamp(22rem,calc(100dvh-23rem),52rem)] flex-col overflow-hidden" aria-label="Cases">
      <div className="flex min-h-10 flex-wrap items-center gap-1 border-b px-2 py-1.5">
        <h2 className="px-1.5 font-medium text-13">Cases</h2>
        {cases.length > 0 && (
          <FilterButton active={label === null} onClick={() => setLabel(null)}>
            all {cases.length}
          </FilterButton>
        )}
        {filters.map((one) => {
          const count = counts[one] ?? 0;
          const { icon: Icon, text, tone } = LABELS[one];
          return (
            <FilterButton
              key={one}
              active={label === one}
              disabled={count === 0}
              onClick={() => setLabel(label === one ? null : one)}
            >
              <Icon
                aria-hidden
                className={cn(
                  "size-3",
                  count > 0 && tone === "danger" && "text-danger",
                  count > 0 && tone === "warning" && "text-warning",
                  count > 0 && tone === "success" && "text-success",
                )}
              />
              {text.toLowerCase()} {count}
            </FilterButton>
          );
        })}
      </div>
      {cases.length === 0 ? (
        <EmptyState icon={FlaskConical} title={tested ? "No case could be run" : "No cases yet"}>
          {tested ? "The verdict above says why." : "They appear here when the tests have run."}
        </EmptyState>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="min-h-0 flex-1 overflow-y-auto" tabIndex={0} aria-label="List of cases">
          <ul ref={list} className="divide-y">
            {(all ? shown : shown.slice(0, SHOWN)).map((one) => (
              <li key={one.index} id={`case-${one.index}`}>
                <button
                  type="button"
                  aria-expanded={open.has(one.index)}
                  onClick={() => toggle(one.index)}
                  className="flex w-full items-center gap-2 px-3 py-2 text-left text-13 outline-offset-[-2px] hover:bg-muted/60"
                >
                  <ChevronRight
                    aria-hidden
                    className={cn(
                      "size-3.5 shrink-0 text-muted-foreground transition-transform",
                      open.has(one.index) && "rotate-90",
                    )}
                  />
                  <LabelBadge value={one.label} />
                  <span className="min-w-0 flex-1 truncate font-mono text-xs">{JSON.stringify(one.input)}</span>
                  {one.source === "candidate_case" && <Badge tone="warning">by the candidate</Badge>}
                </button>
                {open.has(one.index) && (
                  <CaseDetail one={one} baseVersion={baseVersion} noisePaths={noisePaths} proposalId={proposalId} />
                )}
              </li>
            ))}
          </ul>
          {!all && shown.length > SHOWN && (
            <div className="border-t p-2 text-center">
              <Button variant="ghost" size="sm" onClick={() => setAll(true)}>
                Show all {shown.length}
              </Button>
            </div>
          )}
        </section>
      )}
    </Card>
  );
}

function FilterButton({
  active,
  disabled = false,
  onClick,
  children,
}: {
  active: boolean;
  disabled?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={active}
      disabled={disabled}
      onClick={onClick}
      className={cn(
        "inline-flex h-6 items-center gap-1 rounded-sm px-1.5 text-muted-foreground text-xs hover:bg-accent hover:text-foreground disabled:pointer-events-none",
        active && "bg-accent font-medium text-foreground",
      )}
    >
      {children}
    </button>
  );
}

function firstOpen(cases: readonly EvidenceCase[]): number[] {
  for (const label of OPENED_FIRST) {
    const found = cases.find((one) => one.label === label);
    if (found !== undefined) return [found.index];
  }
  return cases[0] === undefined ? [] : [cases[0].index];
}
