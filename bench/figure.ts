/** What a bench prints: figures with their unit, target and peer. */
export type Figure = {
  readonly value: number;
  readonly unit: string;
  /** What was aimed at, in the figure's unit. */
  readonly target?: number;
  readonly ok?: boolean;
  /** The same measured on the peer in the same run. */
  readonly peer?: number;
  readonly ratio?: number;
};

export type BenchOptions = {
  readonly quick: boolean;
  /** Where a long bench keeps what it has measured, so that a run that was stopped goes on there. */
  readonly resume?: string;
};

export type BenchResult = { readonly bench: string; readonly ok: boolean; readonly figures: Record<string, Figure> };

/** Thrown where a corpus that the bench reads is not on this machine. */
export class CorpusMissing extends Error {}

/** A figure that has to reach its target from below (`at most`) or from above (`at least`). */
export function figure(value: number, unit: string, aim?: { atMost: number } | { atLeast: number }): Figure {
  if (aim === undefined) return { value, unit };
  if ("atMost" in aim) return { value, unit, target: aim.atMost, ok: value <= aim.atMost };
  return { value, unit, target: aim.atLeast, ok: value >= aim.atLeast };
}
