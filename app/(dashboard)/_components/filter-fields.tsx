import { fieldClasses } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import type { Tool } from "#lib/core/version.ts";

/** Which tool a list is about. */
export function ToolFilter({ tools, value }: { tools: readonly Pick<Tool, "name">[]; value: string | undefined }) {
  return (
    <div className="grid gap-1">
      <Label htmlFor="tool">Tool</Label>
      <select id="tool" name="tool" defaultValue={value ?? ""} className={`${fieldClasses} h-8 max-w-64 px-2`}>
        <option value="">All tools</option>
        {value !== undefined && !tools.some(({ name }) => name === value) && <option>{value}</option>}
        {tools.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </div>
  );
}

/** One of a few words; none of them takes all. */
export function ChoiceFilter({
  name,
  label,
  all,
  choices,
  value,
}: {
  name: string;
  label: string;
  /** What is shown where nothing is chosen. */
  all: string;
  choices: readonly { readonly value: string; readonly words: string }[];
  value: string | undefined;
}) {
  return (
    <div className="grid gap-1">
      <Label htmlFor={name}>{label}</Label>
      <select id={name} name={name} defaultValue={value ?? ""} className={`${fieldClasses} h-8 px-2`}>
        <option value="">{all}</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.words}
          </option>
        ))}
      </select>
    </div>
  );
}

/**
 * How far back a list goes; the address carries the moment itself, so that a link shows the same rows tomorrow.
 * @param hours the periods that are offered
 */
export function SinceFilter({
  hours,
  now,
  value,
}: {
  hours: readonly number[];
  now: number;
  value: string | undefined;
}) {
  return (
    <div className="grid gap-1">
      <Label htmlFor="since">Since</Label>
      <select id="since" name="since" defaultValue={value ?? ""} className={`${fieldClasses} h-8 max-w-44 px-2`}>
        <option value="">The beginning</option>
        {value !== undefined && <option value={value}>{value}</option>}
        {hours.map((many) => (
          <option key={many} value={new Date(now - many * 3_600_000).toISOString()}>
            The last {many === 1 ? "hour" : many <= 24 ? `${many} hours` : `${many / 24} days`}
          </option>
        ))}
      </select>
    </div>
  );
}
