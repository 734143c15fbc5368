/** What one version of a tool may touch beyond another, in words. Pure. */
import type { Manifest } from "./tool.ts";

const KV_RANK = { none: 0, read: 1, write: 2 } as const;

/** What the candidate may touch and the base may not; empty where it may do no more. */
export function widenings(base: Pick<Manifest, "permissions">, candidate: Pick<Manifest, "permissions">): string[] {
  const [before, after] = [base.permissions, candidate.permissions];
  return [
    ...after.network.filter((host) => !before.network.includes(host)).map((host) => `more network: ${host}`),
    ...(KV_RANK[after.kv] > KV_RANK[before.kv] ? [`more of its store: ${after.kv} beyond ${before.kv}`] : []),
    ...after.secrets.filter((name) => !before.secrets.includes(name)).map((name) => `more secrets: ${name}`),
  ];
}
