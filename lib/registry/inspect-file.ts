/** Reads a tool file's manifest in the sandbox, and remembers what it said of each content. */
import { networkFaults } from "#lib/core/network-host.ts";
import type { Manifest } from "#lib/core/tool.ts";
import type { ToolFile } from "#lib/ports/files.ts";
import type { InspectResult, Sandbox } from "#lib/ports/sandbox.ts";

/** Pages ask for the state of every file again and again; an inspected content never changes its answer. */
const remembered = new WeakMap<Sandbox, Map<string, { readonly result: InspectResult; readonly times: number }>>();
const MOST_REMEMBERED = 500;
/** A machine under load may run a good file out of time: only a fault that was seen this often is believed. */
const BELIEVED_AFTER = 3;

/** The manifest, or why the file does not load; a manifest with another name than the file's does not load either. */
export async function inspectFile(sandbox: Sandbox, { name, source, hash }: ToolFile): Promise<InspectResult> {
  const known = remembered.get(sandbox) ?? new Map<string, { result: InspectResult; times: number }>();
  remembered.set(sandbox, known);
  const key = `${name} ${hash}`;
  const before = known.get(key);
  if (before !== undefined && (before.result.ok || before.times >= BELIEVED_AFTER)) return before.result;
  const inspected = await sandbox.inspect({ name, source, hash }).catch((error: unknown) => lost(error));
  if ("lost" in inspected) return { ok: false, error: inspected.lost };
  const fault = inspected.ok ? faultOf(inspected.manifest, name) : undefined;
  const result: InspectResult = fault === undefined ? inspected : { ok: false, error: fault };
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(key, { result, times: (before?.times ?? 0) + 1 });
  return result;
}

function faultOf(manifest: Manifest, name: string): string | undefined {
  return manifest.name === name
    ? networkFaults(manifest)[0]
    : `it calls itself "${manifest.name}": name it "${name}", like its file`;
}

/** One file that takes the sandbox down must not keep the others from being looked at; it is tried again next time. */
function lost(error: unknown): { lost: string } {
  return { lost: `the sandbox was lost while it was read (${error instanceof Error ? error.message : String(error)})` };
}
