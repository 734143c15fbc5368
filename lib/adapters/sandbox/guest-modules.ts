/** Tool versions as workers know them: compiled once, numbered, sent to a worker with the first call there. */
import { compileModule } from "#lib/core/module-rules.ts";
import type { Module, RunRequest } from "#lib/ports/sandbox.ts";
import type { ModuleMessage } from "./messages.ts";
import type { GuestModule } from "./running-call.ts";

const MOST_MODULES = 1_000;

export type GuestModules = {
  /** The factory of a source, or what is wrong with it. */
  factoryOf(module: Module): { factory: string } | { error: string };
  /** What a request is run from: its source with its grants and limits. */
  of(request: RunRequest): GuestModule | { error: string };
};

/** What was compiled is kept; the oldest goes first. */
export function createGuestModules(): GuestModules {
  const factories = new Map<string, string>();
  const known = new Map<string, GuestModule>();
  const keys = new WeakMap<object, string>();
  let lastKey = 0;

  /** Permissions as text; manifests are kept by their owners, so that each is written once. */
  function textOf(permissions: object): string {
    let text = keys.get(permissions);
    if (text === undefined) {
      text = JSON.stringify(permissions);
      keys.set(permissions, text);
    }
    return text;
  }

  function factoryOf(module: Module): { factory: string } | { error: string } {
    const name = `${module.name} ${module.hash}`;
    const made = factories.get(name);
    if (made !== undefined) return { factory: made };
    const compiled = compileModule(module.name, module.source);
    if (!compiled.ok)
      return { error: compiled.faults.map(({ line, message }) => `line ${line}: ${message}`).join(" ") };
    makeRoom(factories);
    factories.set(name, compiled.factory);
    return compiled;
  }

  return {
    factoryOf,
    of({ module, manifest: { permissions }, limits: { memoryMb, outputBytes }, fresh = false }) {
      const name = `${module.name} ${module.hash} ${memoryMb} ${outputBytes} ${textOf(permissions)}`;
      // A module that workers do not know yet gets an isolate of its own.
      const found = fresh ? undefined : known.get(name);
      if (found !== undefined) return found;
      const compiled = factoryOf(module);
      if ("error" in compiled) return compiled;
      lastKey += 1;
      const message: ModuleMessage = {
        name: module.name,
        factory: compiled.factory,
        memoryMb,
        permissions,
        outputBytes,
      };
      const made: GuestModule = { key: lastKey, message: JSON.stringify(message), longCalls: 0, messageMs: 0 };
      if (fresh) return made;
      makeRoom(known);
      known.set(name, made);
      return made;
    },
  };
}

function makeRoom(map: Map<string, unknown>): void {
  if (map.size < MOST_MODULES) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
