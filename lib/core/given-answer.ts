/** Whether a tool's own rules allow an answer: its source is rewritten so that `run` gives that answer back. */
import type { Json } from "./json.ts";
import { definitionOf, parseTool } from "./line-coverage.ts";

const GIVES = "__gives";

/** A tool module like the original, but for its answer; null for a source that cannot be rewritten. */
export function answering(source: string, answer: Json): string | null {
  const definition = definitionOf(parseTool(source));
  if (definition === null || source.includes(GIVES)) return null;
  const opening = `const ${GIVES} = (definition) => ({ ...definition, run: () => JSON.parse(${JSON.stringify(JSON.stringify(answer))}) }); `;
  const [from, to] = [definition.getStart(), definition.getEnd()];
  return `${opening}${source.slice(0, from)}{ ...${GIVES}(${source.slice(from, to)}) }${source.slice(to)}`;
}
