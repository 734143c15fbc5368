/** Runs one version on one input, live. */
import { Json } from "#lib/core/json.ts";
import { inputErrors } from "#lib/core/outcome.ts";
import { Problem } from "#lib/core/problem.ts";
import type { Version } from "#lib/core/version.ts";
import type { EffectBroker } from "#lib/ports/effects.ts";
import { DEFAULT_LIMITS, type RunResult, type Sandbox } from "#lib/ports/sandbox.ts";
import type { ExecuteRequest } from "../rooms.ts";
import type { Rejection } from "./decide.ts";

/** Deeper values would run the validators out of stack. */
const DEEPEST = 200;

function readInput(value: unknown): Json {
  if (depthOf(value, 0) > DEEPEST) {
    throw new Problem("invalid_input", `The input is nested deeper than ${DEEPEST} levels: send something flatter.`);
  }
  const parsed = Json.safeParse(value);
  if (!parsed.success) throw new Problem("invalid_input", "The input is no JSON value: send what JSON can hold.");
  return parsed.data;
}

function depthOf(value: unknown, above: number): number {
  if (value === null || typeof value !== "object" || above > DEEPEST) return above;
  let deepest = above + 1;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member, above + 1));
  return deepest;
}

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
