/** Runs one version on one case in the sandbox; effects are answered from the record, the world is never touched. */

import { equalJson } from "#lib/core/comparison.ts";
import type { SideResult } from "#lib/core/evidence.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import { inputErrors, rejectionOf, toOutcome } from "#lib/core/outcome.ts";
import type { Effect, Manifest, StatedEffect } from "#lib/core/tool.ts";
import { DEFAULT_LIMITS, type Module, type RunResult, type Sandbox } from "#lib/ports/sandbox.ts";
import type { PlannedCase } from "./planned-case.ts";

/** One version, ready to run. */
export type Runnable = { readonly module: Module; readonly manifest: Manifest };

export type CaseRun = {
  readonly side: SideResult;
  /** The run broke a postcondition. */
  readonly brokePostcondition: boolean;
};

/** The sandbox was lost, twice: says nothing about a tool. */
export class MachineryLost extends Error {
  override readonly name = "MachineryLost";
}

/** Effects of a stated case are found one by one; a tool that asks on and on is stopped here. */
const MOST_ROUNDS = 100;

/** A version's source with its manifest, addressed by its hash. */
export function runnable(tool: string, source: string, manifest: Manifest): Runnable {
  return { module: { name: tool, source, hash: sha256(source) }, manifest };
}

/**
 * Runs a version on a case.
 * @throws MachineryLost where the sandbox could not run it
 */
export async function runCase(
  sandbox: Sandbox,
  version: Runnable,
  planned: Pick<PlannedCase, "input" | "answers">,
  signal: AbortSignal,
  timeMs = DEFAULT_LIMITS.timeMs,
): Promise<CaseRun> {
  const faults = inputErrors(version.manifest, planned.input);
  if (faults.length > 0) {
    const error = rejectionOf(faults);
    return { side: { status: "rejected", error, latencyMs: 0, effects: [] }, brokePostcondition: false };
  }
  const { answers } = planned;
  // A new list each round: the sandbox keeps the text of one that it was given.
  let journal: readonly Effect[] = "journal" in answers ? answers.journal : [];
  const left = "stated" in answers ? [...answers.stated] : [];
  for (let round = 0; ; round += 1) {
    signal.throwIfAborted();
    const result = await runOnce(sandbox, version, planned.input, journal, signal, timeMs);
    if (result.kind !== "diverged" || round === MOST_ROUNDS) return toCaseRun(version, result);
    const answer =
      "stated" in answers
        ? answerStated(left, result.askedFor)
        : "at" in answers
          ? answerHarmless(result.askedFor, answers.at, journal.length)
          : answerLog(result.askedFor);
    if (answer === null) return toCaseRun(version, result);
    journal = [...journal, { call: journal.length, startedMs: 0, endedMs: 0, ...answer }];
  }
}

async function runOnce(
  sandbox: Sandbox,
  { module, manifest }: Runnable,
  input: Json,
  journal: readonly Effect[],
  signal: AbortSignal,
  timeMs: number,
): Promise<RunResult> {
  const limits = { ...DEFAULT_LIMITS, timeMs };
  let trouble = "";
  for (let attempt = 0; attempt < 2; attempt += 1) {
    signal.throwIfAborted();
    try {
      const effects = { mode: "replay", journal } as const;
      const result = await sandbox.run({ module, manifest, input, limits, effects, signal });
      if (result.kind !== "interrupted") return result;
      trouble = result.detail;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
  }
  signal.throwIfAborted();
  throw new MachineryLost(`the sandbox was lost (${trouble})`);
}

function toCaseRun(version: Runnable, result: RunResult): CaseRun {
  const { latencyMs, effects } = result;
  if (result.kind === "diverged") {
    return {
      side: { status: "diverged", latencyMs, effects, askedFor: result.askedFor },
      brokePostcondition: false,
    };
  }
  const { status, output, error } = toOutcome(version.manifest, result);
  return {
    side: {
      status,
      latencyMs,
      effects,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
    },
    brokePostcondition: result.kind === "postcondition",
  };
}

type Asked = { readonly kind: string; readonly request: Json };
type Answered = Pick<Effect, "kind" | "request" | "response" | "error">;

/** The first stated effect that fits, used up; one that no entry states is an error inside the guest. */
function answerStated(left: StatedEffect[], asked: Asked): Answered | null {
  const index = left.findIndex(
    ({ kind, request }) => kind === asked.kind && (request === undefined || isPartOf(request, asked.request)),
  );
  const request = asked.request;
  const [stated] = index < 0 ? [] : left.splice(index, 1);
  if (stated === undefined) {
    const message = `The test case states no ${asked.kind} like this`;
    return (
      answerLog(asked) ?? { kind: asked.kind as Effect["kind"], request, error: { name: "EffectNotStated", message } }
    );
  }
  const { kind, response, error } = stated;
  return error === undefined ? { kind, request, response: response ?? null } : { kind, request, error };
}

/** A new version may log where the old one did not: that touches nothing. */
function answerLog({ kind, request }: Asked): Answered | null {
  return kind === "log" ? { kind, request, response: null } : null;
}

/** Clock and chance touch nothing either; the same question in the same place gets the same answer. */
function answerHarmless({ kind, request }: Asked, at: Date, index: number): Answered | null {
  switch (kind) {
    case "now":
      return { kind, request, response: at.getTime() };
    case "random":
      return { kind, request, response: ((index + 1) * 0.618033988749895) % 1 };
    case "uuid":
      return { kind, request, response: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}` };
    default:
      return answerLog({ kind, request });
  }
}

/** Whether all that `part` says holds of `whole`; members that it does not name are free. */
function isPartOf(part: Json, whole: Json | undefined): boolean {
  if (part === null || typeof part !== "object" || Array.isArray(part)) return equalJson(part, whole);
  if (whole === undefined || whole === null || typeof whole !== "object" || Array.isArray(whole)) return false;
  return Object.entries(part).every(([name, member]) => isPartOf(member, whole[name]));
}
