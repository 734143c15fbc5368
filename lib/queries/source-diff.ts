/** The diff of two sources of a tool, as `git apply` in the folder above `tools/` takes it. */
import { unifiedDiff } from "#lib/core/diff.ts";

export function sourceDiff(tool: string, before: string, after: string): string {
  return unifiedDiff(`a/tools/${tool}.ts`, before, `b/tools/${tool}.ts`, after);
}
