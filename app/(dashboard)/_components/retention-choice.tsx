"use client";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Choice } from "#app/_ui/choice.tsx";
import { keptFor } from "#lib/core/setting-words.ts";

/** What a list offers, in days. */
const DAYS = [7, 30, 90, 365];
/** A tool's own way to say ever, where the setting of all tools says less. */
const HUNDRED_YEARS = 36_500;

function words(days: number | null): string {
  if (days === HUNDRED_YEARS) return "100 years";
  return days === null ? "Ever" : keptFor(days);
}

/**
 * For how long calls are kept. A shorter time is asked about first: what is deleted is gone.
 * @param whose what the question says is deleted, such as "calls of calculator"
 * @param everywhere of one tool: what holds for all of them, and what it follows while `days` is undefined
 */
export function RetentionChoice({
  id,
  label,
  whose,
  days,
  everywhere,
  disabled,
  onChange,
  className,
}: {
  id: string;
  label: string;
  whose: string;
  days: number | null | undefined;
  everywhere?: number | null;
  disabled: boolean;
  /** `null` of one tool follows what holds everywhere. */
  onChange: (days: number | null) => void;
  className?: string;
}) {
  const [asked, setAsked] = useState<{ value: string; days: number } | null>(null);
  const daysOf = (value: string): number | null =>
    value === "inherit" ? (everywhere ?? null) : value === "ever" ? null : Number(value);
  const value = days === undefined ? "inherit" : days === null ? "ever" : String(days);
  const listed = everywhere === undefined || everywhere === null ? DAYS : [...DAYS, HUNDRED_YEARS];
  const options: (readonly [string, string])[] = [
    everywhere === undefined
      ? (["ever", words(null)] as const)
      : (["inherit", `${words(everywhere)} (as everywhere)`] as const),
    ...listed.map((one) => [String(one), words(one)] as const),
  ];
  if (!options.some(([one]) => one === value)) options.push([value, words(daysOf(value))]);
  const change = (to: string): void => onChange(to === "inherit" || to === "ever" ? null : Number(to));
  return (
    <>
      <Choice
        id={id}
        label={label}
        value={value}
        options={options}
        disabled={disabled}
        onChange={(to) => {
          const [now, next] = [daysOf(value), daysOf(to)];
          if (next !== null && next < (now ?? Number.POSITIVE_INFINITY)) setAsked({ value: to, days: next });
          else change(to);
        }}
        {...(className === undefined ? {} : { className })}
      />
      {asked !== null && (
        <AskedQuestion
          title={`Keep ${whose} for ${keptFor(asked.days)}?`}
          effect="Those that are older are deleted within the hour and cannot be brought back. Evidence and test cases hold copies of what they show."
          button={`Keep them for ${keptFor(asked.days)}`}
          onYes={() => change(asked.value)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
