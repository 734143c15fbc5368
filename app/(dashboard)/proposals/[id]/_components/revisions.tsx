"use client";
import { useRouter } from "next/navigation";
import { Choice } from "#app/_ui/choice.tsx";
import { cn } from "#app/_ui/cn.ts";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { Link } from "#app/_ui/link.tsx";

/** The revisions of a proposal: one is looked at, against the base or against another one. */
export function Revisions({
  proposalId,
  numbers,
  shown,
  against,
}: {
  proposalId: string;
  /** Oldest first. */
  numbers: readonly number[];
  shown: number;
  /** Null for the base. */
  against: number | null;
}) {
  const router = useRouter();
  const newest = numbers.at(-1);
  function addressOf(number: number, other: number | null = against): string {
    const query = new URLSearchParams();
    if (number !== newest) query.set("revision", String(number));
    if (other !== null && other !== number) query.set("against", String(other));
    return `/proposals/${proposalId}${query.size > 0 ? `?${query}` : ""}`;
  }
  const at = numbers.indexOf(shown);
  const [before, after] = [numbers[at - 1], numbers[at + 1]];
  useShortcut({
    keys: "[",
    label: "Earlier revision",
    group: "Review",
    enabled: before !== undefined,
    run: () => before !== undefined && router.push(addressOf(before)),
  });
  useShortcut({
    keys: "]",
    label: "Later revision",
    group: "Review",
    enabled: after !== undefined,
    run: () => after !== undefined && router.push(addressOf(after)),
  });
  return (
    <nav aria-label="Revisions" className="flex flex-wrap items-center gap-1">
      {numbers.map((number) => (
        <Link
          key={number}
          id={`revision-${number}`}
          href={addressOf(number)}
          aria-current={number === shown ? "true" : undefined}
          className={cn(
            "rounded-sm px-1.5 py-0.5 text-muted-foreground text-xs hover:bg-accent",
            number === shown && "bg-accent font-medium text-foreground",
          )}
        >
          revision {number}
        </Link>
      ))}
      <span className="ml-1 text-muted-foreground text-xs">against</span>
      <Choice
        label="Compared with"
        value={String(against ?? 0)}
        options={[
          ["0", "the base"],
          ...numbers
            .filter((number) => number !== shown)
            .map((number) => [String(number), `revision ${number}`] as const),
        ]}
        onChange={(value) => router.push(addressOf(shown, value === "0" ? null : Number(value)))}
        className="h-7 text-xs"
      />
    </nav>
  );
}
