/** What differs between two JSON values, and which of it is noise. */
import type { Difference } from "./evidence.ts";
import type { Json } from "./json.ts";

/**
 * Structural differences, each with its JSON Pointer (RFC 6901): objects by member name, arrays by index. Values of
 * different kinds differ as a whole at their own path.
 * @param ignored pointers whose values, and all below them, are left out
 */
export function compare(
  before: Json | undefined,
  after: Json | undefined,
  ignored: readonly string[] = [],
): Difference[] {
  const found: Difference[] = [];
  walk(before, after, "", new Set(ignored), found);
  return found;
}

/** Whether two JSON values are the same structure. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  return compare(a, b).length === 0;
}

/**
 * Pointers at which two runs of the same version on the same input answered differently. An answer that differs as a
 * whole is noise at the empty pointer: such an answer cannot be compared at all.
 */
export function noisePaths(runsA: readonly (Json | undefined)[], runsB: readonly (Json | undefined)[]): string[] {
  const paths = new Set<string>();
  for (const [index, a] of runsA.entries()) {
    for (const { path } of compare(a, runsB[index])) paths.add(path);
  }
  return [...paths].sort();
}

function walk(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  ignored: ReadonlySet<string>,
  found: Difference[],
): void {
  if (ignored.has(path) || before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      walk(before[index], after[index], `${path}/${index}`, ignored, found);
    }
    return;
  }
  if (isObject(before) && isObject(after)) {
    for (const name of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
      walk(own(before, name), own(after, name), `${path}/${escapePointer(name)}`, ignored, found);
    }
    return;
  }
  found.push({
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member of the value itself: `__proto__` and `toString` are names like any other. */
function own(value: { [key: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A member name as a pointer's reference token (RFC 6901, 3). */
export function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
