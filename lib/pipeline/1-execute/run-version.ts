/** Runs one version on one input, live. */
import type { Json } from "#lib/core/json.ts";
import { inputErrors } from "#lib/core/outcome.ts";
import type { Version } from "#lib/core/version.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import { DEFAULT_LIMITS, type Module, type RunRequest, type RunResult, type Sandbox } from "#lib/ports/sandbox.ts";
import type { Rejection } from "./decide.ts";

/** What every run of a version is asked with: the same objects, so that the sandbox knows them again. */
type Standing = Pick<RunRequest, "module" | "manifest" | "limits" | "effects">;

/** How the run of a version on an input ended; an input that breaks the schema never reaches the tool. */
export type RunVersion = (
  version: Version,
  input: Json,
  signal: AbortSignal | undefined,
) => Promise<RunResult | Rejection>;

export function createRunVersion({ sandbox, broker }: { sandbox: Sandbox; broker: EffectBroker }): RunVersion {
  const standing = new WeakMap<Version, Standing>();

  function standingOf(version: Version): Standing {
    let found = standing.get(version);
    if (found === undefined) {
      const module: Module = { name: version.tool, source: version.source, hash: version.hash };
      const effects = { mode: "live", perform: broker(version.tool, version.manifest) } as const;
      found = { module, manifest: version.manifest, limits: DEFAULT_LIMITS, effects };
      standing.set(version, found);
    }
    return found;
  }

  return async (version, input, signal) => {
    const errors = inputErrors(version.manifest, input);
    if (errors.length > 0) return { kind: "rejected", errors };
    const { module, manifest, limits, effects } = standingOf(version);
    try {
      const request = { module, manifest, input, limits, effects };
      return await sandbox.run(signal === undefined ? request : { ...request, signal });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: "interrupted", detail, latencyMs: 0, effects: [] };
    }
  };
}
