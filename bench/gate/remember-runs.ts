/** A sandbox that remembers what a version answered: many patches are tried on the same base, which is run but once. */
import { digestOf } from "#lib/core/json.ts";
import type { RunResult, Sandbox } from "#lib/ports/sandbox.ts";

export type RememberingSandbox = Sandbox & {
  /** A proof against this version begins: a call that is made twice in it gets two answers, as it did the first time. */
  beginProof(hash: string): void;
};

type Memory = { readonly kept: Map<string, Promise<RunResult>>; turns: Map<string, number> };

/** Functions in hand at once, and some more. */
const MOST_VERSIONS = 6;
/** What is run a third time is run to see whether the machine had paused: that no memory can tell. */
const TURNS = 2;

/** Puts a memory before a sandbox. Only replays are kept, and no trouble of the machinery. */
export function rememberRuns(sandbox: Sandbox): RememberingSandbox {
  const memories = new Map<string, Memory>();
  return {
    ...sandbox,
    beginProof(hash) {
      const kept = memories.get(hash)?.kept ?? new Map();
      memories.delete(hash);
      memories.set(hash, { kept, turns: new Map() });
      for (const oldest of [...memories.keys()].slice(0, Math.max(0, memories.size - MOST_VERSIONS)))
        memories.delete(oldest);
    },
    run(request) {
      const { module, input, effects, limits } = request;
      const memory = memories.get(module.hash);
      if (memory === undefined || effects.mode !== "replay") return sandbox.run(request);
      const call = digestOf([input, effects.journal, limits.timeMs]);
      const turn = memory.turns.get(call) ?? 0;
      memory.turns.set(call, turn + 1);
      if (turn >= TURNS) return sandbox.run(request);
      const key = `${call} ${turn}`;
      const known = memory.kept.get(key);
      if (known !== undefined) return known.then((result) => structuredClone(result));
      const running = sandbox.run(request);
      memory.kept.set(key, running);
      const forget = () => void memory.kept.delete(key);
      running.then(({ kind }) => {
        if (kind === "interrupted") forget();
      }, forget);
      return running;
    },
  };
}
