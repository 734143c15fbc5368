/** Changed answers grouped by where they changed, so that a reviewer judges a kind of change once. Pure. */
import type { EvidenceCase } from "./evidence.ts";

export type ChangeGroup = {
  /** What the cases share, in words: the paths that differ, or the new refusal. */
  readonly name: string;
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

/** The groups of the cases labelled `changed`, largest first. */
export function changeGroups(cases: readonly EvidenceCase[]): ChangeGroup[] {
  const groups = new Map<string, EvidenceCase[]>();
  for (const one of cases) {
    if (one.label !== "changed") continue;
    const name = changeName(one);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups]
    .map(([name, those]) => ({ name, cases: those }))
    .sort((a, b) => b.cases.length - a.cases.length || (a.name < b.name ? -1 : 1));
}
