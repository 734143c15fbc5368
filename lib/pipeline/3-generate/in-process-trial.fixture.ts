/** For tests of the search only: evaluates candidates in this process against cases, with no sandbox. */
import { stripTypeScriptTypes } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { createContext, runInContext } from "node:vm";
import type { CandidateTrial, TryCandidate } from "#lib/core/candidate.ts";
import type { Json } from "#lib/core/json.ts";

export type TrialCase = {
  readonly input: Json;
  readonly expected?: Json;
  readonly shouldThrow?: string;
  /** Known to be wrong before: counts as a target. */
  readonly target?: boolean;
};

const TIME_LIMIT_MS = 100;

class ToolError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Loaded = { run(input: Json): unknown };

/** Loops without an end are among the candidates, so each call has a time limit. */
function load(source: string): Loaded {
  const script = stripTypeScriptTypes(source)
    .replace(/import\s*\{([^}]*)\}\s*from\s*["']whetstone["'];?/g, "const {$1} = whetstone;")
    .replace("export default", "globalThis.tool =");
  const context = createContext({ whetstone: { defineTool: (tool: unknown) => tool, ToolError } });
  runInContext(`(() => {${script}})()`, context, { timeout: TIME_LIMIT_MS });
  return {
    run(input) {
      context.input = structuredClone(input);
      return runInContext("tool.run(input, {})", context, { timeout: TIME_LIMIT_MS });
    },
  };
}

async function meets(tool: Loaded, { input, expected, shouldThrow }: TrialCase): Promise<boolean> {
  try {
    const output = await tool.run(input);
    return shouldThrow === undefined && isDeepStrictEqual(structuredClone(output), expected);
  } catch (error) {
    return shouldThrow !== undefined && error instanceof ToolError && error.code === shouldThrow;
  }
}

/** A `TryCandidate` over cases whose right answers are all known. */
export function inProcessTrial(cases: readonly TrialCase[]): TryCandidate & { readonly sources: string[] } {
  const sources: string[] = [];
  const trial = async ({ source }: { source: string }): Promise<CandidateTrial> => {
    sources.push(source);
    const none = { regressions: 0, changed: 0, masked: 0, unconfirmed: 0 };
    let tool: Loaded;
    try {
      tool = load(source);
    } catch (error) {
      const errors = [`The file does not parse: ${String(error)}`];
      const targets = { total: 0, met: 0 };
      return { ...none, valid: false, errors, verdict: "failed", headline: "Refused", targets, complaints: [] };
    }
    const targets = { total: 0, met: 0 };
    let regressions = 0;
    const complaints: string[] = [];
    for (const one of cases) {
      const good = await meets(tool, one);
      if (one.target) targets.total += 1;
      if (one.target && good) targets.met += 1;
      if (!one.target && !good) regressions += 1;
      if (!good) complaints.push(`still wrong for ${JSON.stringify(one.input)}`);
    }
    const passed = regressions === 0 && targets.met === targets.total;
    const verdict = passed ? "passed" : "failed";
    const headline = passed ? "Passed" : `Failed on ${complaints.length} cases`;
    return { ...none, valid: true, errors: [], verdict, headline, targets, regressions, complaints };
  };
  return Object.assign(trial, { sources });
}
