"use client";
import { useId, useState } from "react";
import { ApproversTable } from "#app/_ui/approvers-table.tsx";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Choice } from "#app/_ui/choice.tsx";
import { Label } from "#app/_ui/label.tsx";
import { toast } from "#app/_ui/toast.ts";
import type { Approvers } from "#lib/core/policy.ts";
import { RECORDINGS, SETTING_NAMES } from "#lib/core/setting-words.ts";
import type { ToolSettings } from "#lib/core/version.ts";
import type { Mode } from "#lib/core/words.ts";
import { RetentionChoice } from "../../../_components/retention-choice.tsx";
import { useSettingChange } from "../../../_components/use-setting-change.tsx";
import { changePolicy } from "../actions.ts";

type Everywhere = {
  mode: Mode;
  autoDeploy: boolean;
  requiredApprovals: number;
  fourEyes: boolean;
  reasonRequired: boolean;
  agreementThreshold: number;
  target: number;
  recording: string;
  retentionDays: number | null;
};

const ROW = "grid grid-cols-[minmax(0,1fr)_minmax(0,12rem)] items-center gap-3";

const ON_OFF = [
  ["true", "On"],
  ["false", "Off"],
] as const;
const share = (value: number): readonly [string, string] => [String(value), `${Number((value * 100).toFixed(2))} %`];

/** What can be set apart for one tool: how it is called, and the values that it may have. */
const ROWS: {
  name: Exclude<keyof Everywhere, "retentionDays">;
  label: string;
  options: readonly (readonly [string, string])[];
}[] = [
  {
    name: "mode",
    label: SETTING_NAMES.mode,
    options: [
      ["simulated", "Simulated"],
      ["real", "Real"],
    ],
  },
  { name: "autoDeploy", label: SETTING_NAMES.autoDeploy, options: ON_OFF },
  {
    name: "requiredApprovals",
    label: SETTING_NAMES.requiredApprovals,
    options: [1, 2, 3, 4, 5].map((count) => [String(count), String(count)] as const),
  },
  { name: "fourEyes", label: SETTING_NAMES.fourEyes, options: ON_OFF },
  { name: "reasonRequired", label: SETTING_NAMES.reasonRequired, options: ON_OFF },
  { name: "agreementThreshold", label: SETTING_NAMES.agreementThreshold, options: [0.9, 0.95, 0.98, 0.99].map(share) },
  { name: "target", label: SETTING_NAMES.target, options: [0.9, 0.95, 0.99, 0.995, 0.999].map(share) },
  {
    name: "recording",
    label: SETTING_NAMES.recording,
    options: Object.entries(RECORDINGS),
  },
];

function words(options: readonly (readonly [string, string])[], value: string): string {
  return options.find(([one]) => one === value)?.[1] ?? share(Number(value))[1];
}

function read(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return Number.isNaN(Number(text)) ? text : Number(text);
}

/** A tool's own policy; what it does not set follows the settings of the whole installation. */
export function ToolPolicy({
  tool,
  own,
  everywhere,
  approvers,
  mayChange,
}: {
  tool: string;
  own: ToolSettings;
  everywhere: Everywhere;
  /** The table in force for this tool. */
  approvers: Approvers;
  mayChange: boolean;
}) {
  const id = useId();
  const { run, pending, question } = useSettingChange(changePolicy, { onDone: () => toast.success("Saved.") });
  const disabled = !mayChange || pending;
  const [askedMode, setAskedMode] = useState<"real" | null | undefined>();
  const mode = own.mode ?? everywhere.mode;
  function change(name: keyof ToolSettings, value: string | number | boolean | null): void {
    const real = name === "mode" && (value ?? everywhere.mode) === "real" && mode !== "real";
    // A select changes with one key, and this one lets approvals write files.
    if (real) setAskedMode(value === null ? null : "real");
    else run({ name: tool, [name]: value, seen: { [name]: own[name] ?? null } });
  }
  return (
    <Card>
      <CardHeader>
        <CardTitle>Policy of this tool</CardTitle>
        <CardDescription>
          {mayChange
            ? "Takes effect at once; calls that are kept no longer are deleted within the hour"
            : "Only an administrator may change it"}
        </CardDescription>
      </CardHeader>
      <CardContent className="grid items-start gap-6 text-13 xl:grid-cols-2">
        <div className="grid gap-2">
          {ROWS.map(({ name, label, options }) => {
            const mine = own[name];
            const value = mine === undefined ? "inherit" : String(mine);
            const known = mine === undefined || options.some(([one]) => one === value);
            return (
              <div key={name} className={ROW}>
                <Label htmlFor={`${id}-${name}`}>{label}</Label>
                <Choice
                  id={`${id}-${name}`}
                  label={label}
                  value={value}
                  options={[
                    ["inherit", `${words(options, String(everywhere[name]))} (as everywhere)`],
                    ...options,
                    ...(known ? [] : [[value, words(options, value)] as const]),
                  ]}
                  disabled={disabled}
                  onChange={(text) => change(name, text === "inherit" ? null : read(text))}
                  className="w-full"
                />
              </div>
            );
          })}
          <div className={ROW}>
            <Label htmlFor={`${id}-retentionDays`}>{SETTING_NAMES.retentionDays}</Label>
            <RetentionChoice
              id={`${id}-retentionDays`}
              label={SETTING_NAMES.retentionDays}
              whose={`calls of ${tool}`}
              days={own.retentionDays}
              everywhere={everywhere.retentionDays}
              disabled={disabled}
              onChange={(days) =>
                run({ name: tool, retentionDays: days, seen: { retentionDays: own.retentionDays ?? null } })
              }
              className="w-full"
            />
          </div>
        </div>
        <ApproversTable
          approvers={approvers}
          own={own.approvers ?? {}}
          disabled={disabled}
          onChange={(strategy, verdict, who) => {
            const row: Readonly<Record<string, string | undefined>> = own.approvers?.[strategy] ?? {};
            const seen = { approvers: { [strategy]: { [verdict]: row[verdict] ?? null } } };
            run({ name: tool, approvers: { [strategy]: { [verdict]: who } }, seen });
          }}
        />
        {question}
        {askedMode !== undefined && (
          <AskedQuestion
            title={`Switch ${tool} to real mode?`}
            effect={`Approving and deploying a change of ${tool} then writes its file, after a backup, and makes the new version answer all calls at once. With automatic deployment on, changes that its policy allows go live without a person.`}
            button="Switch to real mode"
            onYes={() => run({ name: tool, mode: askedMode, seen: { mode: own.mode ?? null } })}
            onClose={() => setAskedMode(undefined)}
          />
        )}
      </CardContent>
    </Card>
  );
}
