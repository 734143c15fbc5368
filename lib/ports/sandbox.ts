/** Where guests run: nothing of the host enters, and nothing that is not declared exists. */
import type { ErrorInfo } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { Effect, EffectKind, Manifest } from "#lib/core/tool.ts";

/** A tool's module, addressed by the SHA-256 of its source. */
export type Module = { readonly name: string; readonly source: string; readonly hash: string };

export type Limits = { readonly timeMs: number; readonly memoryMb: number; readonly outputBytes: number };
export const DEFAULT_LIMITS: Limits = { timeMs: 10_000, memoryMb: 64, outputBytes: 1_048_576 };

/**
 * Answers one effect of a live call. A rejection becomes the guest's exception, and is recorded. `seal` marks the
 * placeholders of secrets that this call was given.
 */
export type PerformEffect = (effect: {
  kind: EffectKind;
  request: Json;
  seal: string;
  signal: AbortSignal;
}) => Promise<Json>;

export type RunRequest = {
  readonly module: Module;
  readonly manifest: Manifest;
  readonly input: Json;
  readonly limits: Limits;
  /**
   * live: effects are performed through `perform`, clock and randomness are real.
   * replay: effects are answered from `journal` inside the guest; one that is not in it ends the run as diverged. The
   * journal is not changed after it was handed over: its text is kept with it.
   */
  readonly effects:
    | { readonly mode: "live"; readonly perform: PerformEffect }
    | { readonly mode: "replay"; readonly journal: readonly Effect[] };
  readonly signal?: AbortSignal;
  /** In a context that no other call was in: nothing can have been carried over. */
  readonly fresh?: boolean;
};

/** How a run ended, before schemas are looked at. Expected endings are data; a rejection of `run` is lost machinery. */
export type RunResult = { readonly latencyMs: number; readonly effects: Effect[] } & (
  | { readonly kind: "returned"; readonly output: Json }
  /** The value was not JSON: NaN, Infinity, a cycle, a function, undefined. */
  | { readonly kind: "not_json"; readonly detail: string }
  | { readonly kind: "refused"; readonly error: ErrorInfo }
  | { readonly kind: "threw"; readonly error: ErrorInfo }
  /** `broken` names the postcondition. */
  | { readonly kind: "postcondition"; readonly broken: string; readonly output: Json }
  | { readonly kind: "timed_out"; readonly reason: "time" | "memory" | "never_settled" }
  | { readonly kind: "diverged"; readonly askedFor: { kind: string; request: Json } }
  /** The worker was lost; the call could not be resumed. */
  | { readonly kind: "interrupted"; readonly detail: string }
);

export type InspectResult =
  | { readonly ok: true; readonly manifest: Manifest }
  /** `path` leads to the part of the definition that is wrong, where it is one. */
  | { readonly ok: false; readonly error: string; readonly path?: readonly string[] };

export type Sandbox = {
  /**
   * Reads the manifest in the sandbox, twice; unequal readings, rule breaks and exceptions come back as `error`. A
   * rejection is lost machinery, as it is of `run`.
   */
  inspect(module: Module): Promise<InspectResult>;
  run(request: RunRequest): Promise<RunResult>;
  /** What the sandbox is made of, for the readiness endpoint and the settings page. */
  describe(): { readonly engine: string; readonly jailed: boolean; readonly workers: number; readonly detail: string };
  close(): Promise<void>;
};
