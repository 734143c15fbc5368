"use client";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "./select.tsx";

/** One of a few values; `label` names it where no visible label does. */
export function Choice<Value extends string>({
  id,
  label,
  value,
  options,
  disabled,
  onChange,
  className,
}: {
  id?: string;
  label: string;
  value: Value;
  options: readonly (readonly [value: Value, words: string])[];
  disabled?: boolean;
  onChange: (value: Value) => void;
  className?: string;
}) {
  return (
    <Select value={value} disabled={disabled ?? false} onValueChange={(next) => onChange(next as Value)}>
      <SelectTrigger id={id} aria-label={label} className={className}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {options.map(([one, words]) => (
          <SelectItem key={one} value={one}>
            {words}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
