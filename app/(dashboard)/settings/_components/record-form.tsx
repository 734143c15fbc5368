"use client";
import { type ReactNode, useId } from "react";
import { Badge } from "#app/_ui/badge.tsx";
import { Choice } from "#app/_ui/choice.tsx";
import { Label } from "#app/_ui/label.tsx";
import { toast } from "#app/_ui/toast.ts";
import { RECORDINGS, SETTING_NAMES } from "#lib/core/setting-words.ts";
import type { Settings } from "#lib/core/version.ts";
import { RetentionChoice } from "../../_components/retention-choice.tsx";
import { useSettingChange } from "../../_components/use-setting-change.tsx";
import { change } from "../actions.ts";

type Kept = Pick<Settings, "recording" | "retentionDays">;

/** How much of a call goes on record and for how long it stays there, where a tool does not say. */
export function RecordForm({
  settings: { recording, retentionDays },
  sources,
  mayChange,
}: {
  settings: Kept;
  sources: Record<string, string>;
  mayChange: boolean;
}) {
  const id = useId();
  const { run, pending, question } = useSettingChange(change, { onDone: () => toast.success("Saved.") });
  const disabled = !mayChange || pending;
  const field = (name: keyof Kept, what: string, choice: ReactNode) => (
    <div className="grid content-start gap-1">
      <div className="flex items-center gap-2">
        <Label htmlFor={`${id}-${name}`}>{SETTING_NAMES[name]}</Label>
        <Badge outline className="ml-auto">
          {sources[name] ?? "default"}
        </Badge>
      </div>
      {choice}
      <p className="text-muted-foreground text-xs">{what}</p>
    </div>
  );
  return (
    <div className="grid gap-4 text-13 sm:grid-cols-2">
      {question}
      {field(
        "recording",
        "Of calls from now on. Outcome, time and kind of failure always are; a call without its values is not replayed.",
        <Choice
          id={`${id}-recording`}
          label={SETTING_NAMES.recording}
          value={recording}
          options={Object.entries(RECORDINGS) as [Settings["recording"], string][]}
          disabled={disabled}
          onChange={(mode) => run({ recording: mode, seen: { recording } })}
          className="w-full"
        />,
      )}
      {field(
        "retentionDays",
        "Older ones are deleted within the hour. Evidence and test cases hold copies of what they show.",
        <RetentionChoice
          id={`${id}-retentionDays`}
          label={SETTING_NAMES.retentionDays}
          whose="calls of all tools"
          days={retentionDays}
          disabled={disabled}
          onChange={(days) => run({ retentionDays: days, seen: { retentionDays } })}
          className="w-full"
        />,
      )}
    </div>
  );
}
