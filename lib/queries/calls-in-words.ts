/** How the calls of a version ended, all of them counted: `40 calls: 3 failed, 36 succeeded, 1 refused`. */
export function callsInWords(of: { calls: number; failures: number; refused: number }): string {
  const all = of.calls + of.refused;
  if (all === 0) return "never called";
  const parts = [
    [of.failures, "failed"],
    [of.calls - of.failures, "succeeded"],
    [of.refused, "refused"],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, word]) => `${number.toLocaleString("en")} ${word}`);
  return `${all.toLocaleString("en")} ${all === 1 ? "call" : "calls"}: ${told.join(", ")}`;
}
