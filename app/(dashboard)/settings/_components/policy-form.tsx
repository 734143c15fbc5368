"use client";
import { useId, useRef, useState } from "react";
import { ApproversTable } from "#app/_ui/approvers-table.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { FieldFault, useFieldFaults } from "#app/_ui/field-faults.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Switch } from "#app/_ui/switch.tsx";
import { toast } from "#app/_ui/toast.ts";
import type { Approvers } from "#lib/core/policy.ts";
import { SETTING_NAMES } from "#lib/core/setting-words.ts";
import { useSettingChange } from "../../_components/use-setting-change.tsx";
import { change } from "../actions.ts";

type Switches = { autoDeploy: boolean; fourEyes: boolean; reasonRequired: boolean; backgroundLoop: boolean };
type Numbers = {
  target: number;
  agreementThreshold: number;
  requiredApprovals: number;
  monitorCalls: number;
  monitorHours: number;
};

const SWITCHES: Record<keyof Switches, [string, string]> = {
  autoDeploy: [
    SETTING_NAMES.autoDeploy,
    "Changes that passed by shadow or replay may deploy without a person. Synthetic and manual ones never do.",
  ],
  backgroundLoop: [
    SETTING_NAMES.backgroundLoop,
    "Generates and tests a fix by itself for what is found to be a tool's own fault, every few minutes.",
  ],
  fourEyes: [SETTING_NAMES.fourEyes, "Who proposed a change or edited it last cannot approve it alone."],
  reasonRequired: [SETTING_NAMES.reasonRequired, "Every decision and every rollback needs a reason."],
};

const NUMBERS: Record<keyof Numbers, [string, string]> = {
  target: [
    SETTING_NAMES.target,
    "A tool is failing when even the upper bound of its success rate is below this share. From 0.5 to 0.9999.",
  ],
  agreementThreshold: [
    SETTING_NAMES.agreementThreshold,
    "The lower bound of agreement that a replay has to reach; 0.95 takes 59 of 59. From 0.5 to 0.999.",
  ],
  requiredApprovals: [SETTING_NAMES.requiredApprovals, "How many people have to approve a change, 1 to 5."],
  monitorCalls: [
    SETTING_NAMES.monitorCalls,
    "A fresh deployment is watched for this many calls, at least 10, or for the hours below.",
  ],
  monitorHours: [SETTING_NAMES.monitorHours, "A watch ends after this many hours if the calls have not come by then."],
};

const LABELS = Object.fromEntries(Object.entries(NUMBERS).map(([name, [label]]) => [name, label]));

/** Policy as switches and figures; switches take effect at once, figures when saved. */
export function PolicyForm({
  settings,
  sources,
  approvers,
  mayChange,
}: {
  settings: Switches & Numbers;
  approvers: Approvers;
  sources: Record<string, string>;
  mayChange: boolean;
}) {
  const id = useId();
  /** What was typed and not saved, over what: the rest follows what is in force, whoever changes it. */
  const [typed, setTyped] = useState<Readonly<Record<string, { text: string; seen: number }>>>({});
  const sent = useRef(typed);
  const faults = useFieldFaults(LABELS);
  const { run, pending, question } = useSettingChange(change, {
    onDone: () => {
      faults.set({});
      const done = sent.current;
      setTyped((now) =>
        Object.fromEntries(Object.entries(now).filter(([name, { text }]) => done[name]?.text !== text)),
      );
      toast.success("Saved.");
    },
    onRefused: faults.take,
    onTheirs: (names) =>
      setTyped((now) => Object.fromEntries(Object.entries(now).filter(([name]) => !names.includes(name)))),
  });
  const changed = Object.entries(typed).filter(([name, { text }]) => text !== String(settings[name as keyof Numbers]));
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4 text-13">
      {question}
      {(Object.keys(SWITCHES) as (keyof Switches)[]).map((name) => (
        <div key={name} className="flex items-start gap-3">
          <Switch
            id={`${id}-${name}`}
            checked={settings[name]}
            disabled={!mayChange || pending}
            onCheckedChange={(value) => run({ [name]: value, seen: { [name]: settings[name] } })}
            aria-describedby={`${id}-${name}-what`}
          />
          <div>
            <Label htmlFor={`${id}-${name}`}>{SWITCHES[name][0]}</Label>
            <p id={`${id}-${name}-what`} className="text-muted-foreground">
              {SWITCHES[name][1]}
            </p>
          </div>
          <Badge outline className="ml-auto">
            {sources[name] ?? "default"}
          </Badge>
        </div>
      ))}
      <div className="relative border-t pt-4">
        <Badge outline className="absolute top-4 right-0">
          {sources.approvers ?? "default"}
        </Badge>
        <ApproversTable
          approvers={approvers}
          disabled={!mayChange || pending}
          onChange={(strategy, verdict, who) => {
            const row: Readonly<Record<string, string>> = approvers[strategy];
            const seen = { approvers: { [strategy]: { [verdict]: row[verdict] } } };
            run({ approvers: { [strategy]: { [verdict]: who } }, seen });
          }}
        />
      </div>
      <form
        className="grid gap-4 border-t pt-4 sm:grid-cols-2"
        onSubmit={(event) => {
          event.preventDefault();
          sent.current = typed;
          // Nothing typed is no number: `Number` would make 0 of it.
          const figures = changed.map(([name, { text }]) => [name, text.trim() === "" ? Number.NaN : Number(text)]);
          run({
            ...Object.fromEntries(figures),
            seen: Object.fromEntries(changed.map(([name, { seen }]) => [name, seen])),
          });
        }}
      >
        {(Object.keys(NUMBERS) as (keyof Numbers)[]).map((name) => (
          <div key={name} className="grid content-start gap-1">
            <div className="flex items-center gap-2">
              <Label htmlFor={`${id}-${name}`}>{NUMBERS[name][0]}</Label>
              <Badge outline className="ml-auto">
                {sources[name] ?? "default"}
              </Badge>
            </div>
            <Input
              id={`${id}-${name}`}
              inputMode="decimal"
              value={typed[name]?.text ?? String(settings[name])}
              disabled={!mayChange}
              {...faults.of(name, `${id}-${name}`, `${id}-${name}-what`)}
              onChange={(event) =>
                setTyped({ ...typed, [name]: { text: event.target.value, seen: typed[name]?.seen ?? settings[name] } })
              }
            />
            <FieldFault id={`${id}-${name}`} label={NUMBERS[name][0]} fault={faults.faults[name]} />
            <p id={`${id}-${name}-what`} className="text-muted-foreground text-xs">
              {NUMBERS[name][1]}
            </p>
          </div>
        ))}
        {mayChange && (
          <div className="sm:col-span-2">
            <Button type="submit" pending={pending} disabled={changed.length === 0}>
              Save
            </Button>
          </div>
        )}
      </form>
    </div>
  );
}
