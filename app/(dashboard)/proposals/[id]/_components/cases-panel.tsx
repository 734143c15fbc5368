"use client";
import { FlaskConical, Search } from "lucide-react";
import { type ReactNode, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { nameInAddress } from "#app/_ui/going.ts";
import { Input } from "#app/_ui/input.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { LABELS } from "#app/_ui/status-badge.tsx";
import { WindowedList, type WindowedListHandle } from "#app/_ui/windowed-list.tsx";
import { isLeftAlone } from "#lib/core/aside.ts";
import { changeGroups } from "#lib/core/change-groups.ts";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { Label } from "#lib/core/words.ts";
import { countsByLabel } from "#lib/queries/case-counts.ts";
import { ALWAYS_COUNTED, LABEL_ORDER, sourcesInWords } from "#lib/queries/review-lines.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { CaseRow } from "./case-row.tsx";
import { holdsWords } from "./case-search.ts";
import { IntendedChanges } from "./intended-changes.tsx";
import { SHOW_LABEL } from "./signals.ts";

/** Which case is open at first: the shortest proof that it helps, else whatever went wrong. */
const OPENED_FIRST: readonly Label[] = ["regression", "still_wrong", "repaired", "corrected", "handled", "masked"];

/** Every tested case, by how it came out; the first worth reading is open. */
export function CasesPanel({
  cases,
  said,
  noisePaths,
  tested,
  untested,
  baseVersion,
  proposalId,
  waits,
  children,
}: {
  cases: readonly EvidenceCase[];
  /** What was said of the answers of recorded calls, by the call's id. */
  said: ReviewPage["said"];
  noisePaths: readonly string[];
  tested: boolean;
  /** Why no tests come by themselves where none have run; null where they do. */
  untested: string | null;
  baseVersion: number;
  proposalId: string | null;
  /** Whether it waits for its review: what is said of its answers can still count. */
  waits: boolean;
  /** What stands below the list. */
  children?: ReactNode;
}) {
  const [label, setLabel] = useState<Label | null>(null);
  const [search, setSearch] = useState("");
  const looked = useDeferredValue(search);
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(firstOpen(cases)));
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<WindowedListHandle>(null);

  // A new snapshot is a new list.
  const identity = cases.map(({ index }) => index).join(",");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the identity stands for the cases
  useEffect(() => {
    const linked = /^#case-(\d+)$/.exec(window.location.hash)?.[1];
    // What was filtered by may be gone: a group that was called right is corrected now.
    setLabel((chosen) => (cases.some((one) => one.label === chosen) ? chosen : null));
    setOpen(new Set(linked === undefined ? firstOpen(cases) : [Number(linked)]));
    const index = cases.findIndex((one) => one.index === Number(linked));
    if (linked !== undefined && index !== -1) list.current?.show(index);
  }, [identity]);

  useEffect(() => {
    const onShow = (event: Event): void => {
      const wanted = (event as CustomEvent<Label>).detail;
      setLabel(wanted);
      setSearch("");
      const first = cases.find((one) => one.label === wanted);
      if (first !== undefined) setOpen(new Set([first.index]));
      place.current?.scrollIntoView({ block: "center" });
    };
    window.addEventListener(SHOW_LABEL, onShow);
    return () => window.removeEventListener(SHOW_LABEL, onShow);
  }, [cases]);

  useShortcut({
    keys: "e",
    label: "Evidence",
    group: "Review",
    inPalette: true,
    run: () => place.current?.querySelector<HTMLElement>("li button")?.focus(),
  });
  useShortcut({
    keys: "/",
    label: "Search the cases",
    group: "Review",
    enabled: cases.length > 0,
    inPalette: true,
    run: () => field.current?.focus(),
  });

  const shown = useMemo(
    () => cases.filter((one) => (label === null || one.label === label) && holdsWords(one, looked)),
    [cases, label, looked],
  );
  const groups = useMemo(() => changeGroups(cases).filter((group) => group.label === label), [cases, label]);
  const counts = useMemo(() => countsByLabel(cases), [cases]);
  const filters = (cases.length === 0 ? [] : LABEL_ORDER).filter(
    (one) => counts[one] !== undefined || ALWAYS_COUNTED.includes(one),
  );

  const toggle = useCallback((index: number, opens: boolean): void => {
    nameInAddress(opens ? `#case-${index}` : window.location.pathname + window.location.search);
    setOpen((before) => {
      const next = new Set(before);
      if (opens) next.add(index);
      else next.delete(index);
      return next;
    });
  }, []);

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
          const { count, news } = counts[one] ?? { count: 0, news: false };
          const { icon: Icon, text, tone } = LABELS[one];
          return (
            <FilterButton
              key={one}
              active={label === one}
              disabled={count === 0}
              title={madeUpOf(cases, one)}
              onClick={() => setLabel(label === one ? null : one)}
            >
              <Icon
                aria-hidden
                className={cn(
                  "size-3",
                  news && tone === "danger" && "text-danger",
                  news && tone === "warning" && "text-warning",
                  news && tone === "success" && "text-success",
                )}
              />
              {text.toLowerCase()} {count}
            </FilterButton>
          );
        })}
        {cases.length > 0 && (
          <div className="relative ml-auto min-w-24 flex-1 basis-28">
            <Search aria-hidden className="absolute top-1.5 left-2 size-3.5 text-muted-foreground" />
            <Input
              ref={field}
              type="search"
              aria-label="Search the cases"
              placeholder="Search"
              value={search}
              className="h-6.5 pl-7 text-xs"
              onChange={(event) => setSearch(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape") event.currentTarget.blur();
              }}
            />
          </div>
        )}
      </div>
      {cases.length === 0 ? (
        <EmptyState
          icon={FlaskConical}
          title={tested ? "No case could be run" : untested === null ? "No cases yet" : "No case was run"}
        >
          {tested ? "The verdict above says why." : (untested ?? "They appear here when the tests have run.")}
        </EmptyState>
      ) : (
        <div ref={place} tabIndex={-1} className="flex min-h-0 flex-1 flex-col overflow-y-auto">
          {groups.length > 0 && waits && proposalId !== null && (
            <IntendedChanges proposalId={proposalId} groups={groups} />
          )}
          {shown.length === 0 && <p className="p-4 text-center text-13 text-muted-foreground">No case says this.</p>}
          <WindowedList
            items={shown}
            keyOf={keyOf}
            handle={list}
            label="List of cases"
            className="min-h-0 flex-1 overflow-y-auto"
            listClassName="divide-y"
            render={(one) => (
              <CaseRow
                one={one}
                open={open.has(one.index)}
                onToggle={toggle}
                said={one.executionId === undefined ? undefined : said[one.executionId]}
                baseVersion={baseVersion}
                noisePaths={noisePaths}
                proposalId={proposalId}
              />
            )}
          />
        </div>
      )}
      {children}
    </Card>
  );
}

const keyOf = ({ index }: EvidenceCase): number => index;

/** What those of one label are: calls and cases count together, and only calls in the agreement. */
function madeUpOf(cases: readonly EvidenceCase[], label: Label): string | undefined {
  const parts = sourcesInWords(cases.filter((one) => one.label === label));
  return parts === "" ? undefined : parts;
}

function FilterButton({
  active,
  disabled = false,
  title,
  onClick,
  children,
}: {
  active: boolean;
  disabled?: boolean;
  title?: string | undefined;
  onClick: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={active}
      disabled={disabled}
      title={title}
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
    const found = cases.find((one) => one.label === label && !isLeftAlone(one));
    if (found !== undefined) return [found.index];
  }
  return cases[0] === undefined ? [] : [cases[0].index];
}
