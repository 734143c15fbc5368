/** Two things measured in turns, in windows short enough that what else the machine does falls on both alike. */
export type Turns = {
  /** The middle of the windows. */
  readonly own: number;
  readonly peer: number;
  /** The middle of the ratios of neighbouring windows. */
  readonly ratio: number;
  /** The best window: what is left where nothing else took the processor. */
  readonly best: number;
};

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const round = (value: number): number => Math.round(value * 100) / 100;

/**
 * Measures so many windows of each.
 * @param better whether more or less of the measured is better
 */
export async function inTurns(
  windows: number,
  better: "more" | "less",
  own: () => Promise<number>,
  peer: () => Promise<number>,
): Promise<Turns> {
  const owns: number[] = [];
  const peers: number[] = [];
  for (let window = 0; window < windows; window += 1) {
    peers.push(await peer());
    owns.push(await own());
  }
  return {
    own: round(middle(owns)),
    peer: round(middle(peers)),
    ratio: round(middle(owns.map((value, window) => value / (peers[window] ?? Number.NaN)))),
    best: round(better === "more" ? Math.max(...owns) : Math.min(...owns)),
  };
}
