/** New answers that wait for a person's word, grouped so that a reviewer judges a kind of them once. Pure. */
import type { EvidenceCase } from "./evidence.ts";
import type { ErrorInfo } from "./execution.ts";
import { normaliseMessage } from "./normalise-message.ts";

/** Good answers that changed, and answers and refusals where there were failures, which nothing confirms. */
const WAITING_LABELS = ["changed", "masked", "unconfirmed", "handled"] as const;
type WaitingLabel = (typeof WAITING_LABELS)[number];

export type ChangeGroup = {
  /** What the cases share, in words: the paths that differ, or the new refusal. */
  readonly name: string;
  readonly label: WaitingLabel;
  readonly cases: readonly EvidenceCase[];
};

/** Where an answer changed; array positions are all alike, because a list of three changes like one of four. */
export function changeName(one: Pick<EvidenceCase, "old" | "new" | "differences">): string {
  if (one.new.status === "refused") return `refused with ${one.new.error?.code ?? one.new.error?.name ?? "no code"}`;
  if (one.old.status !== one.new.status) return `${one.old.status} before, ${one.new.status} now`;
  const paths = one.differences.map(({ path }) =>
    path === "" ? "the whole answer" : path.replaceAll(/\/\d+(?=\/|$)/g, "/*"),
  );
  return [...new Set(paths)].sort().join(", ");
}

/** What stands where a failure was: the label in it tells these groups from those of changed answers. */
function answerName(one: EvidenceCase): string {
  const { error, status } = one.old;
  const before = `${error === undefined ? status : failureName(error)} before`;
  const now = one.new.status === "succeeded" ? "an answer now" : `refused with ${one.new.error?.code ?? "no code"} now`;
  return `${before}, ${now} (${one.label})`;
}

const MESSAGE_SHOWN = 120;

/** Two failures of one name are two kinds, each with an answer of its own to judge. */
export function failureName({ code, name, message }: ErrorInfo): string {
  if (code !== undefined) return code;
  const said = normaliseMessage(message);
  return said === "" ? name : `${name}: ${said.length > MESSAGE_SHOWN ? `${said.slice(0, MESSAGE_SHOWN)}…` : said}`;
}

/** The groups of the cases whose new answer waits for a word, largest first. */
export function changeGroups(cases: readonly EvidenceCase[]): ChangeGroup[] {
  const groups = new Map<string, ChangeGroup & { cases: EvidenceCase[] }>();
  for (const one of cases) {
    const label = WAITING_LABELS.find((name) => name === one.label);
    if (label === undefined || (label === "handled" && one.shouldThrow !== undefined)) continue;
    const name = label === "changed" ? changeName(one) : answerName(one);
    const group = groups.get(name) ?? { name, label, cases: [] };
    group.cases.push(one);
    groups.set(name, group);
  }
  return [...groups.values()].sort((a, b) => b.cases.length - a.cases.length || (a.name < b.name ? -1 : 1));
}
