/** How a watch is called that ended without a word on its version: its proposal stays deployed, and is not watched. Pure. */
import type { Deployment } from "#lib/core/deployment.ts";

export type WatchEnd = { readonly kind: "stopped" | "inconclusive"; readonly words: string; readonly at: Date };

/** @returns null where it is watched, or its watch said something */
export function endOfWatch({ state, monitor }: Pick<Deployment, "state" | "monitor">): WatchEnd | null {
  if (state !== "done" || monitor === undefined) return null;
  const { verdict, stoppedBy, updatedAt: at } = monitor;
  if (verdict === "inconclusive") return { kind: verdict, words: "Deployed, watch cannot tell", at };
  if (verdict !== "stopped") return null;
  return { kind: verdict, words: `Deployed, watch stopped${stoppedBy === undefined ? "" : ` by ${stoppedBy}`}`, at };
}
