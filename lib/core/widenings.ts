/** What one version of a tool may touch beyond another, in words. Pure. */
import type { Manifest } from "./tool.ts";

type Bounds = Pick<Manifest, "permissions">;

const KV_RANK = { none: 0, read: 1, write: 2 } as const;
const KV_UNTIL_NOW = { none: "nothing of it", read: "only read it", write: "write it" } as const;
const KV_LEFT = { none: "no longer touch it", read: "only read it", write: "write it" } as const;

/** What the candidate may touch and the base may not; empty where it may do no more. */
export function widenings(base: Bounds, candidate: Bounds): string[] {
  const [before, after] = [base.permissions, candidate.permissions];
  return [
    ...after.network.filter((host) => !before.network.includes(host)).map((host) => `more network: ${host}`),
    ...(KV_RANK[after.kv] > KV_RANK[before.kv]
      ? [`more of its store: may ${after.kv} it, until now ${KV_UNTIL_NOW[before.kv]}`]
      : []),
    ...after.secrets.filter((name) => !before.secrets.includes(name)).map((name) => `more secrets: ${name}`),
  ];
}

/** What the base may touch and the candidate may not. */
export function narrowings(base: Bounds, candidate: Bounds): string[] {
  const [before, after] = [base.permissions, candidate.permissions];
  return [
    ...before.network.filter((host) => !after.network.includes(host)).map((host) => `less network: ${host}`),
    ...(KV_RANK[after.kv] < KV_RANK[before.kv] ? [`less of its store: may ${KV_LEFT[after.kv]}`] : []),
    ...before.secrets.filter((name) => !after.secrets.includes(name)).map((name) => `less secrets: ${name}`),
  ];
}
