/** Which parts of a change make no difference to any case: whatever they do, no evidence speaks for them. */
import { compare } from "#lib/core/comparison.ts";
import { editPartsOf } from "#lib/core/edit-parts.ts";
import type { SideResult } from "#lib/core/evidence.ts";
import { checkModuleRules } from "#lib/core/module-rules.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import type { RunPair } from "./decide.ts";
import { type Runnable, runCase, runnable } from "./run-case.ts";

/** More places than this are a rewrite, and reviewed as one. */
const MOST_PARTS = 6;
const MOST_MS = 3_000;
const WIDTH = 8;

/** Lines of the candidate whose change no case needs; what could not be tried in time counts as needed. */
export async function unneededParts(
  sandbox: Sandbox,
  { base, candidate }: { readonly base: Runnable; readonly candidate: Runnable },
  pairs: readonly RunPair[],
  options: { readonly signal: AbortSignal; readonly timeMs: number },
): Promise<number[]> {
  const { name } = base.module;
  const until = performance.now() + MOST_MS;
  const parts = editPartsOf(base.module.source, candidate.module.source).slice(0, MOST_PARTS);
  // Targets first: they show soonest that a part is needed.
  const ordered = [...pairs]
    .filter(
      ({ new: next, base: { planned } }) => next.side.status !== "diverged" && planned.source !== "candidate_case",
    )
    .sort((a, b) => Number(b.base.target !== null) - Number(a.base.target !== null));
  const lines: number[] = [];
  for (const { line, without } of parts) {
    if (checkModuleRules(name, without).length > 0) continue;
    const variant = runnable(name, without, candidate.manifest);
    let needed = false;
    for (let at = 0; at < ordered.length && !needed; at += WIDTH) {
      const some = ordered.slice(at, at + WIDTH);
      const runs = await Promise.all(
        some.map(({ base: { planned } }) => runCase(sandbox, variant, planned, options.signal, options.timeMs)),
      );
      needed = performance.now() > until || runs.some(({ side }, index) => differs(side, some[index]?.new.side));
    }
    if (!needed) lines.push(line);
  }
  return lines;
}

function differs(a: SideResult, b: SideResult | undefined): boolean {
  if (b === undefined || a.status !== b.status) return true;
  if (a.error?.code !== b.error?.code || a.error?.message !== b.error?.message) return true;
  return compare(a.output, b.output).length > 0;
}
