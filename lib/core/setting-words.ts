/** What settings are called and how their values read: one place for pages and the record of what was decided. Pure. */
import { plural } from "./verdict-words.ts";

export const SETTING_NAMES = {
  mode: "Mode",
  autoDeploy: "Automatic deployment",
  target: "Success rate target",
  agreementThreshold: "Agreement threshold",
  requiredApprovals: "Approvals needed",
  fourEyes: "Four eyes",
  reasonRequired: "Reason required",
  approvers: "Who has to approve",
  monitorCalls: "Watched calls",
  monitorHours: "Watched hours",
  backgroundLoop: "Background loop",
  model: "Model",
  recording: "What of a call is kept",
  retentionDays: "Calls are kept for",
} as const;

export const RECORDINGS = {
  full: "All of it",
  redacted: "Without sensitive values",
  shape: "Only kinds of values",
  off: "Only that it was called",
} as const;

/** For how long calls are kept, behind the name of that setting. */
export function keptFor(days: number | null): string {
  return days === null ? "ever" : plural(days, "day");
}

/** What was changed, from what to what: "Watched hours 24 → 0.5, Four eyes off → on". */
export function changeInWords(change: object, before: object, after: object): string {
  return Object.keys(change)
    .map((key) => {
      const [old, now] = [before, after].map((settings) => valueInWords(key, Reflect.get(settings, key)));
      return `${nameOf(key)} ${old} → ${now}`;
    })
    .join(", ");
}

/** What such words say of one setting; null where they say nothing of it. `now` ends with what else was changed. */
export function changeOf(words: string, key: string): { before: string; now: string } | null {
  const at = ` ${words}`.indexOf(` ${nameOf(key)} `);
  if (at === -1) return null;
  const [before = "", now = ""] = words.slice(at + nameOf(key).length + 1).split(" → ");
  return { before, now };
}

export function nameOf(key: string): string {
  return lookUp(SETTING_NAMES, key) ?? key;
}

export function valueInWords(key: string, value: unknown): string {
  if (value === undefined) return "as everywhere";
  if (key === "retentionDays") return keptFor(value === null ? null : Number(value));
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (key === "recording") return `“${lookUp(RECORDINGS, String(value)) ?? value}”`;
  if (key === "model" && typeof value === "object")
    return `${Reflect.get(value, "name")} at ${Reflect.get(value, "baseUrl")}`;
  if (key === "approvers" && typeof value === "object") return cellsInWords(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A table of who has to approve: "shadow passed: person; manual inconclusive: nobody". */
function cellsInWords(table: object): string {
  const cells = Object.entries(table).flatMap(([strategy, row]) =>
    Object.entries(row ?? {}).map(([verdict, who]) => `${strategy} ${verdict}: ${who}`),
  );
  return cells.length === 0 ? "as it comes" : `(${cells.join("; ")})`;
}

function lookUp(words: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(words, key) ? words[key] : undefined;
}
