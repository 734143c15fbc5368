import { cn } from "./cn.ts";
import { fieldClasses } from "./input.tsx";

/** One of a few values, by the browser's own list; `label` names it where no visible label does. */
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
    <select
      id={id}
      aria-label={label}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.target.value as Value)}
      className={cn(fieldClasses, "h-8 w-fit max-w-full truncate px-2", className)}
    >
      {options.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
