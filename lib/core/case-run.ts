/** A run of a tool's cases as it is kept: how each did, and what came instead of what was expected. Pure. */
import { z } from "zod";
import { SideResult } from "./evidence.ts";
import type { Json } from "./json.ts";
import { maskToolCase, type Schemas } from "./sensitive.ts";

export const CaseRun = z.object({
  /** The version that was active then. */
  version: z.number().int(),
  passed: z.number().int(),
  total: z.number().int(),
  /** Those written in the file first, in its order; then those that people kept. */
  items: z.array(
    SideResult.pick({ status: true, latencyMs: true }).extend({
      id: z.string().optional(),
      description: z.string(),
      kept: z.boolean(),
      passed: z.boolean(),
      got: z.string().optional(),
    }),
  ),
});
export type CaseRun = z.infer<typeof CaseRun>;

type Ran = Pick<SideResult, "status" | "latencyMs" | "output" | "error"> & {
  readonly id?: string;
  readonly description: string;
  readonly kept: boolean;
  readonly passed: boolean;
  readonly input: Json;
};

/** As much of an answer as tells what went wrong; the case can be run again for the rest. */
const MOST_TEXT = 4_000;

/** What passed answered as its case says: only the others' answers are kept, sensitive values hidden. */
export function keptRun(version: { number: number; manifest: Schemas }, cases: readonly Ran[]): CaseRun {
  return {
    version: version.number,
    passed: cases.filter(({ passed }) => passed).length,
    total: cases.length,
    items: cases
      .map((ran) => maskToolCase(version.manifest, ran))
      .map((one) => ({
        ...(one.id === undefined ? {} : { id: one.id }),
        description: one.description,
        kept: one.kept,
        passed: one.passed,
        status: one.status,
        latencyMs: one.latencyMs,
        ...(one.passed ? {} : { got: gotInstead(one) }),
      })),
  };
}

function gotInstead({ output, error }: Pick<SideResult, "output" | "error">): string {
  const text =
    error === undefined
      ? (JSON.stringify(output ?? null, null, 2) ?? "null")
      : `${error.code ?? error.name}: ${error.message}`;
  return text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT).toWellFormed()}…`;
}
