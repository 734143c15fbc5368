/** Exchanges one kind of rounding for another, and local date parts for UTC ones. */
import ts from "typescript";
import type { Template } from "./repair.ts";
import { descend, replace } from "./syntax.ts";

const ROUNDINGS = ["round", "floor", "ceil", "trunc"];
const KIN: readonly (readonly string[])[] = [
  ["max", "min"],
  ["push", "unshift"],
  ["pop", "shift"],
  ["every", "some"],
  ["indexOf", "lastIndexOf"],
  ["floor", "round"],
  ["toLowerCase", "toUpperCase"],
  ["find", "findLast"],
];

export const swapRounding: Template = {
  name: "swap a call for its kin",
  *drafts(site) {
    for (const node of descend(site.code)) {
      if (!ts.isPropertyAccessExpression(node) || !ts.isCallExpression(node.parent)) continue;
      const name = node.name.text;
      const rounding = node.expression.getText() === "Math" && ROUNDINGS.includes(name);
      const others = rounding ? ROUNDINGS.filter((other) => other !== name) : [...kinOf(name), ...zoneKin(name)];
      for (const other of others)
        yield {
          edits: [replace(node.name, other)],
          rationale: `\`${node.parent.getText()}\` now uses ${other} in place of ${name}: the two are easily mixed up.`,
          weight: rounding ? 4 : 5,
        };
    }
  },
};

function kinOf(name: string): string[] {
  return KIN.filter((kin) => kin.includes(name)).flatMap((kin) => kin.filter((other) => other !== name));
}

/** `getDay` and `getUTCDay` are a usual mix-up. */
function zoneKin(name: string): string[] {
  const parts = /^(get|set)(UTC)?(Day|Date|Month|FullYear|Hours|Minutes)$/.exec(name);
  return parts ? [parts[2] ? `${parts[1]}${parts[3]}` : `${parts[1]}UTC${parts[3]}`] : [];
}
