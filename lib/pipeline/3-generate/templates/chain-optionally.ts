/** Reads on past a missing value, with a default where one is needed; only where right answers are known to check it. */
import ts from "typescript";
import { membersRead, ownerOf } from "./guard-missing.ts";
import type { Draft, Template } from "./repair.ts";
import { descend } from "./syntax.ts";

const DEFAULTS = ["0", "1", '""', "[]", "null", "false"];

export const chainOptionally: Template = {
  name: "read past a missing value",
  *drafts(site) {
    if (site.hints.answers.length === 0) return;
    const wanted = membersRead(site);
    if (wanted === null) return;
    for (const node of descend(site.code)) {
      const owner = ownerOf(node);
      if (owner === null || (wanted.size > 0 && !wanted.has(owner.member))) continue;
      if (ts.isPropertyAccessExpression(node)) yield* chained(node);
    }
  },
};

function* chained(node: ts.PropertyAccessExpression): Generator<Draft> {
  const at = node.expression.getEnd();
  const question = { start: at, end: at, text: "?" };
  const missing = `Where ${node.expression.getText()} is missing, `;
  yield { edits: [question], rationale: `${missing}its ${node.name.text} is now missing too.`, weight: 3 };
  const call = ts.isCallExpression(node.parent) && node.parent.expression === node ? node.parent : node;
  for (const [rank, value] of DEFAULTS.entries())
    yield {
      edits: [
        question,
        { start: call.getStart(), end: call.getStart(), text: "(" },
        { start: call.getEnd(), end: call.getEnd(), text: ` ?? ${value})` },
      ],
      rationale: `${missing}${value} now stands for its ${node.name.text}: a value that such answers often have.`,
      weight: 3.2 + rank * 0.2,
    };
}
