/** What of a stack is told: the places in the tool. */

/** The tool's own frames, innermost first; methods of the definition under their bare names. */
export function trimStack(stack: string, name: string): string {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const frame = /^\s*at /.test(line) && line.includes(`${name}.ts:`) ? line.trim() : "";
    if (frame !== "") frames.push(frame.replace(/^at (async )?(new )?Object\./, "at $1$2"));
  }
  return frames.join("\n");
}
