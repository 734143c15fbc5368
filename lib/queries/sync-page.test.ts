import { expect, it } from "vitest";
import { SyncState } from "#lib/core/words.ts";
import { inOrderOfNeed } from "./sync-page.ts";

it("puts first what a person has to settle, and keeps the order by name among equals", () => {
  const rows = [...SyncState.options, ...SyncState.options].map((syncState, at) => ({ syncState, name: at }));
  const sorted = inOrderOfNeed(rows);
  expect(sorted.map(({ syncState }) => syncState).filter((_, at) => at % 2 === 0)).toEqual([
    "conflict",
    "unloadable",
    "missing",
    "disk_ahead",
    "database_ahead",
    "new",
    "in_sync",
  ]);
  for (let at = 0; at < sorted.length; at += 2) expect(sorted[at]?.name).toBeLessThan(sorted[at + 1]?.name ?? 0);
});
