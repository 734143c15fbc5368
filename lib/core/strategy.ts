/** How a changed tool may be tested, and whether it may deploy without a person. */
import { effectKindOf, RERUN } from "./observation.ts";
import { agreeingCallsNeeded } from "./statistics.ts";
import type { Characteristics, Effect, Manifest } from "./tool.ts";
import type { RiskLevel, Strategy } from "./words.ts";

/** The recommendation object of every tool. */
export type Recommendation = {
  readonly toolName: string;
  readonly strategy: Strategy;
  readonly safeForAutoDeployment: boolean;
  readonly riskLevel: RiskLevel;
  readonly steps: string[];
  readonly warnings: string[];
};

export type StrategyFacts = {
  /** What `contradictions` found, a sentence each. */
  readonly contradictions: readonly string[];
  readonly hasTestCases: boolean;
  /** False where a call that was run again did not end as it had: replays of such a tool prove nothing. */
  readonly repeats?: boolean;
  /** Share of agreement to prove at 95 % confidence. */
  readonly agreementThreshold?: number;
  /** Calls that a fresh deployment is watched for. */
  readonly monitorCalls?: number;
};

const RISK: Record<Strategy, RiskLevel> = { shadow: "low", replay: "low", synthetic: "medium", manual: "high" };

/** The classification alone: from what the tool declares, and whether anything contradicts it. */
export function chooseStrategy(characteristics: Characteristics, facts: StrategyFacts): Strategy {
  const { sideEffects, safeForShadowTesting } = characteristics;
  const idempotent = characteristics.idempotent && facts.repeats !== false;
  const undisputed = facts.contradictions.length === 0;
  if (idempotent && sideEffects.length === 0 && safeForShadowTesting && undisputed) return "shadow";
  if (idempotent) return "replay";
  return facts.hasTestCases ? "synthetic" : "manual";
}

/** The strategy of a tool with what it means: steps in plain words and what to be careful about. */
export function recommend(toolName: string, characteristics: Characteristics, facts: StrategyFacts): Recommendation {
  const strategy = chooseStrategy(characteristics, facts);
  return {
    toolName,
    strategy,
    safeForAutoDeployment: strategy === "shadow" || strategy === "replay",
    riskLevel: RISK[strategy],
    steps: stepsOf(strategy, facts),
    warnings: warningsOf(strategy, characteristics, facts),
  };
}

function stepsOf(strategy: Strategy, facts: StrategyFacts): string[] {
  const threshold = facts.agreementThreshold ?? 0.95;
  const needed = agreeingCallsNeeded(threshold, 0.05);
  const percent = `${Number((threshold * 100).toFixed(1))} %`;
  const compare = [
    "Compare the answers field by field, leaving out fields that already differ between two runs of the current version",
    `Collect ${needed} good calls that all agree: at least ${percent} agreement at 95 % confidence; each difference raises the number`,
  ];
  const cases = facts.hasTestCases ? ["Run the tool's own test cases: every one must pass"] : [];
  const watch = `Deploy with a backup, watch ${facts.monitorCalls ?? 500} calls, and roll back by itself if it got worse`;
  switch (strategy) {
    case "shadow":
      return [
        "Give the new version the inputs that the current version answers, with the same effects and out of the caller's sight",
        ...compare,
        ...cases,
        watch,
      ];
    case "replay":
      return [
        "Replay recorded calls through the current and the new version; effects are answered from the record, nothing outside is touched",
        ...compare,
        ...cases,
        watch,
      ];
    case "synthetic":
      return [
        "Run every test case of the current version on the new one, with the effects that each case states",
        "Show the engineer what else changed: the cases say nothing about inputs that they do not hold",
        "Wait for an engineer's approval",
        watch,
      ];
    case "manual":
      return [
        "Show the engineer the change, the recorded failures and each warning",
        "Wait for an engineer who acknowledges every warning and decides",
        watch,
        "Add test cases, so that the next change can be tested",
      ];
  }
}

function warningsOf(strategy: Strategy, characteristics: Characteristics, facts: StrategyFacts): string[] {
  const warnings = [...facts.contradictions];
  const named = characteristics.sideEffects.join(", ");
  if (strategy === "replay" && named !== "") {
    warnings.push(`It has side effects (${named}): it is tested on recorded effects only, never on live ones`);
  }
  if (strategy === "synthetic" || strategy === "manual") {
    warnings.push(
      named === ""
        ? "Calling it twice is not the same as calling it once"
        : `Calling it twice is not the same as calling it once, and it has side effects (${named})`,
    );
  }
  if (strategy === "manual")
    warnings.push("It has no test cases: nothing but a person stands between a change and its users");
  if (characteristics.testDataAvailable && !facts.hasTestCases) {
    warnings.push("It declares that test data is available but brings no test cases");
  }
  return warnings;
}

/** Methods that a server must not change anything for (RFC 9110, 9.2.1). */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** What kinds of effects executions made, for `contradictions`: the kind, and the method for a fetch (`fetch POST`). */
export function observedEffectKinds(executions: readonly { readonly effects: readonly Effect[] }[]): Set<string> {
  const kinds = new Set<string>();
  for (const { effects } of executions) for (const effect of effects) kinds.add(effectKindOf(effect));
  return kinds;
}

/** Whether calls that were run again on their recordings answered as they had. */
export function isRepeated(observed: Iterable<string>): boolean {
  const seen = new Set(observed);
  return !seen.has(RERUN.differs) && !seen.has(RERUN.diverges);
}

/**
 * Where a tool's word and its permissions or what was observed cannot both be true, a sentence each. Reading a clock or
 * drawing a random number contradicts nothing: both are on record, and an idempotent tool may do so.
 * @param observed kinds of effects, and what came of running calls again
 */
export function contradictions(
  manifest: Pick<Manifest, "characteristics" | "permissions">,
  observed: Iterable<string> = [],
): string[] {
  const kinds = new Set(observed);
  return [...undeclaredEffects(manifest, kinds), ...unkeptIdempotence(manifest, kinds)];
}

function undeclaredEffects(
  { characteristics, permissions }: Pick<Manifest, "characteristics" | "permissions">,
  kinds: ReadonlySet<string>,
): string[] {
  if (characteristics.sideEffects.length > 0) return [];
  const found: string[] = [];
  const writes = [...kinds].filter((kind) => kind === "kv.set" || kind === "kv.delete");
  if (writes.length > 0)
    found.push(`It declares no side effects but was seen writing to its store (${writes.join(", ")})`);
  else if (permissions.kv === "write")
    found.push("It declares no side effects but asks for permission to write to its store");
  const methods = [...kinds]
    .filter((kind) => kind.startsWith("fetch "))
    .map((kind) => kind.slice("fetch ".length))
    .filter((method) => !SAFE_METHODS.has(method));
  if (methods.length > 0)
    found.push(`It declares no side effects but was seen sending ${methods.join(" and ")} requests`);
  return found;
}

function unkeptIdempotence(
  { characteristics }: Pick<Manifest, "characteristics">,
  kinds: ReadonlySet<string>,
): string[] {
  if (!characteristics.idempotent) return [];
  const found: string[] = [];
  if (kinds.has(RERUN.differs))
    found.push(
      "It declares that it is idempotent but a call that was run again with the same effects ended otherwise: it carries something from call to call, or varies without ctx",
    );
  if (kinds.has(RERUN.diverges))
    found.push(
      "It declares that it is idempotent but a call that was run again on its recording asked for another effect: what it asks for does not follow from its input and the answers",
    );
  return found;
}
