/** Runs one version on one input, live. */
import type { Json } from "#lib/core/json.ts";
import { inputErrors } from "#lib/core/outcome.ts";
import type { Version } from "#lib/core/version.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import { DEFAULT_LIMITS, type RunResult, type Sandbox } from "#lib/ports/sandbox.ts";
import type { ExecuteRequest } from "../rooms.ts";
import type { Rejection } from "./decide.ts";
import { readInput } from "./read-input.ts";

/** @throws Problem invalid_input where the input is no JSON value at all */
export async function runVersion(
  ports: { sandbox: Sandbox; broker: EffectBroker },
  version: Version,
  request: ExecuteRequest,
): Promise<{ input: Json; result: RunResult | Rejection }> {
  const input = readInput(request.input);
  const errors = inputErrors(version.manifest, input);
  if (errors.length > 0) return { input, result: { kind: "rejected", errors } };
  const result = await ports.sandbox
    .run({
      module: { name: version.tool, source: version.source, hash: version.hash },
      manifest: version.manifest,
      input,
      limits: DEFAULT_LIMITS,
      effects: { mode: "live", perform: ports.broker(version.tool, version.manifest) },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    })
    .catch((error: unknown): RunResult => {
      const detail = error instanceof Error ? error.message : String(error);
      return { kind: "interrupted", detail, latencyMs: 0, effects: [] };
    });
  return { input, result };
}
