/** All single repairs of a source, likeliest first. Pure: the search decides how many are tried. */
import type ts from "typescript";
import { addAwaitOrReturn } from "./add-await-or-return.ts";
import { bindInput } from "./bindings.ts";
import { chainOptionally } from "./chain-optionally.ts";
import { changeComparison } from "./change-comparison.ts";
import { guardCall } from "./guard-call.ts";
import { guardEmpty } from "./guard-empty.ts";
import { guardInput } from "./guard-input.ts";
import { guardMissing } from "./guard-missing.ts";
import { guardZeroDivisor } from "./guard-zero-divisor.ts";
import { importToolError } from "./place-guard.ts";
import { removePart } from "./remove-part.ts";
import type { Draft, Hints, Repair, Site, Template } from "./repair.ts";
import { replaceLiteral } from "./replace-literal.ts";
import { replaceName } from "./replace-name.ts";
import { replaceOperator } from "./replace-operator.ts";
import { shiftConstant } from "./shift-constant.ts";
import { suspicionOf } from "./suspicion.ts";
import { swapArguments } from "./swap-arguments.ts";
import { swapRounding } from "./swap-rounding.ts";
import { applyEdits, findRun, parseSource, runningCode, styleOf } from "./syntax.ts";
import { untangleRegex } from "./untangle-regex.ts";

/** Every family, in the order in which a tie is broken. */
export const TEMPLATES: readonly Template[] = [
  guardZeroDivisor,
  guardMissing,
  guardEmpty,
  guardCall,
  guardInput,
  untangleRegex,
  addAwaitOrReturn,
  chainOptionally,
  changeComparison,
  replaceOperator,
  shiftConstant,
  swapRounding,
  swapArguments,
  replaceName,
  replaceLiteral,
  removePart,
];

/**
 * Candidate sources that differ from `source` by one repair each, cheapest first, no two alike.
 * A source without a `run` that can be found gives none.
 */
export function enumerate(source: string, hints: Hints, templates: readonly Template[] = TEMPLATES): Repair[] {
  const file = parseSource(source);
  const run = findRun(file);
  if (run === null) return [];
  const code = runningCode(file, run);
  const site: Site = {
    source,
    file,
    code,
    run,
    bindings: bindInput(run),
    style: styleOf(source),
    hints,
    suspicion: suspicionOf(code, hints),
  };
  const repairs = new Map<string, Repair>();
  for (const template of templates)
    for (const draft of template.drafts(site)) {
      const repair = finish(site, template, draft);
      const known = repairs.get(repair.source);
      if (repair.source !== source && (known === undefined || repair.cost < known.cost))
        repairs.set(repair.source, repair);
    }
  return [...repairs.values()].sort((a, b) => a.cost - b.cost);
}

/** Applies a draft; its cost grows with its size and with its distance from what failed. */
function finish(site: Site, template: Template, draft: Draft): Repair {
  const refuses = draft.edits.some(({ text }) => text.includes("new ToolError("));
  const edits = refuses ? [...draft.edits, ...importToolError(site)] : draft.edits;
  const size = draft.edits.reduce((sum, { start, end, text }) => sum + text.length + (end - start), 0);
  const suspicion = Math.max(0, ...draft.edits.map((edit) => suspicionAt(site, edit.start)));
  return {
    source: applyEdits(site.source, edits),
    template: template.name,
    rationale: draft.rationale,
    cost: draft.weight + (1 - suspicion) * 3 + Math.min(size, 400) / 400,
  };
}

/** The suspicion of the smallest statement or expression at an offset. */
function suspicionAt(site: Site, offset: number): number {
  const token = innermost(site.file, offset);
  return token ? site.suspicion(token) : 0;
}

function innermost(node: ts.Node, offset: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  node.forEachChild((child) => {
    if (found === undefined && child.getStart() <= offset && offset < child.getEnd())
      found = innermost(child, offset) ?? child;
  });
  return found;
}
