/** Every version of a tool with who, why, how it did, and two of them to compare. */

import type { Context } from "#lib/commands/command.ts";
import { holds } from "#lib/core/actor.ts";
import { answeringVersions, type Deployment } from "#lib/core/deployment.ts";
import type { Evidence } from "#lib/core/evidence.ts";
import { policyOf } from "#lib/core/policy.ts";
import type { Version } from "#lib/core/version.ts";
import type { Mode, Outcome } from "#lib/core/words.ts";
import type { Database } from "#lib/ports/database.ts";
import { EDITED } from "#lib/registry/capture-edit.ts";
import { settledAs } from "#lib/registry/settled.ts";
import { authorWords } from "./author-words.ts";
import { versionsWithAuthors } from "./committed-versions.ts";
import { findTool } from "./find-or-refuse.ts";
import { newestEvidence } from "./review-page.ts";
import { endOfWatch, type WatchEnd } from "./watch-end.ts";

export type VersionLine = {
  readonly number: number;
  readonly hash: string;
  /** Who it is from, in words. */
  readonly author: string;
  /** Empty where it says no more than that. */
  readonly reason: string;
  readonly origin: Version["origin"];
  readonly createdAt: Date;
  readonly active: boolean;
  /** It answered calls at some time: what one can go back to. */
  readonly answered: boolean;
  /** It was live, and what made it so in Sync was undone: taken or merged again, not gone back to. */
  readonly takenBack: boolean;
  readonly proposal: { readonly id: string; readonly number: number } | null;
  /** What its tests showed, where it came by a proposal. */
  readonly evidence: Pick<Evidence, "verdict" | "headline"> | null;
  /** Calls that count in the success rate, how many of them failed; refused apart. */
  readonly calls: number;
  readonly failures: number;
  readonly refused: number;
  /** How the watch on it ended, where it answers now and none said how it does. */
  readonly watch: WatchEnd | null;
  /** When it was made active, newest first, and by which kind of act. */
  readonly activations: readonly Pick<Deployment, "id" | "kind" | "reason" | "actor" | "startedAt">[];
};

export type VersionsPage = {
  readonly tool: string;
  readonly mode: Mode;
  readonly activeVersion: number | null;
  /** Where one click goes back to: the version active before this one. */
  readonly previousActive: number | null;
  readonly lines: readonly VersionLine[];
  readonly compared: { readonly from: VersionSource; readonly to: VersionSource } | null;
  /** The one version of a tool that has no other to compare it with. */
  readonly only: VersionSource | null;
  readonly mayRollBack: boolean;
  readonly reasonRequired: boolean;
};

export type VersionSource = { readonly number: number; readonly source: string };

/**
 * Reads the version history.
 * @param options.from,to the two to compare; the active one against the one before it when left out
 * @throws Problem not_found for an unknown tool
 */
export async function readVersionsPage(
  ctx: Context,
  options: { name: string; from?: number | undefined; to?: number | undefined },
): Promise<VersionsPage> {
  const { database, caller } = ctx;
  const tool = await findTool(database, options.name);
  const [settings, versions, deployments, undone, statistics] = await Promise.all([
    database.settings.get(),
    versionsWithAuthors(database, tool.name),
    database.deployments.list({ tool: tool.name, state: "done" }, { limit: 200 }),
    database.deployments.list({ tool: tool.name, state: "undone" }, { limit: 200 }),
    database.executions.statistics({ tool: tool.name }),
  ]);
  const done = deployments.items;
  const answered = answeringVersions(done);
  const proposals = new Map(
    await Promise.all(
      [...new Set(versions.flatMap(({ proposalId }) => proposalId ?? []))].map(
        async (id) => [id, await withEvidence(database, id)] as const,
      ),
    ),
  );
  const counts = countsByVersion(statistics);
  const lines = versions.map((version): VersionLine => {
    const proposal = version.proposalId === undefined ? null : (proposals.get(version.proposalId) ?? null);
    return {
      number: version.number,
      hash: version.hash,
      author: authorWords(version, done),
      reason: version.reason === EDITED ? "" : version.reason,
      origin: version.origin,
      createdAt: version.createdAt,
      active: version.number === tool.activeVersion,
      answered: answered.has(version.number),
      takenBack: undone.items.some((row) => row.toVersion === version.number && wasLive(row)),
      proposal: proposal === null ? null : { id: proposal.id, number: proposal.number },
      evidence: proposal?.evidenceOf.get(version.hash) ?? null,
      ...(counts.get(version.number) ?? { calls: 0, failures: 0, refused: 0 }),
      watch: version.number === tool.activeVersion && done[0] !== undefined ? endOfWatch(done[0]) : null,
      activations: done
        .filter(({ toVersion }) => toVersion === version.number)
        .map(({ id, kind, reason, actor, startedAt }) => ({ id, kind, reason, actor, startedAt })),
    };
  });
  const pair = pairToCompare(
    versions.map(({ number }) => number),
    tool.activeVersion,
    { ...options, before: previousActive(done, tool.activeVersion) ?? parentOf(versions, tool.activeVersion) },
  );
  const source = (number: number): VersionSource => ({
    number,
    source: versions.find((one) => one.number === number)?.source ?? "",
  });
  return {
    tool: tool.name,
    mode: tool.settings.mode ?? settings.mode,
    activeVersion: tool.activeVersion,
    previousActive: previousActive(done, tool.activeVersion),
    lines,
    compared: pair === null ? null : { from: source(pair.from), to: source(pair.to) },
    only: pair === null && versions[0] !== undefined ? source(versions[0].number) : null,
    mayRollBack: holds(caller, "deploy"),
    reasonRequired: policyOf(settings, tool.settings).reasonRequired,
  };
}

/** What was settled in Sync and taken back went live, unlike a deployment or a merge that failed. */
function wasLive(undone: Deployment): boolean {
  return settledAs(undone) !== null && undone.steps.some(({ step }) => step === "activate");
}

/** A proposal with the newest evidence of each source that it held. */
async function withEvidence(database: Database, id: string) {
  const [proposal, revisions, snapshots] = await Promise.all([
    database.proposals.find(id),
    database.proposals.revisions(id),
    database.proposals.evidence(id),
  ]);
  if (proposal === null) return null;
  const evidenceOf = new Map(
    revisions.flatMap(({ number, hash }) => {
      const evidence = newestEvidence(snapshots, number);
      return evidence === null ? [] : [[hash, { verdict: evidence.verdict, headline: evidence.headline }] as const];
    }),
  );
  return { id: proposal.id, number: proposal.number, evidenceOf };
}

function parentOf(versions: readonly Pick<Version, "number" | "parents">[], active: number | null): number | undefined {
  return versions.find(({ number }) => number === active)?.parents[0];
}

/**
 * Which two versions to show, the older on the left; null where there are fewer than two.
 * @param asked.before what the active version took over from: a version in between may never have answered a call
 */
export function pairToCompare(
  numbers: readonly number[],
  active: number | null,
  asked: { from?: number | undefined; to?: number | undefined; before?: number | undefined },
): { from: number; to: number } | null {
  const known = [...numbers].sort((a, b) => a - b);
  const newest = known.at(-1);
  if (newest === undefined || known.length < 2) return null;
  const to = known.find((one) => one === asked.to) ?? known.find((one) => one === active) ?? newest;
  const lower = known.filter((one) => one < to).at(-1);
  const before = (to === active ? known.find((one) => one === asked.before && one !== to) : undefined) ?? lower;
  // A version is compared with another: beside itself there is nothing to see.
  const from = known.find((one) => one === asked.from && one !== to) ?? before ?? known.find((one) => one > to);
  if (from === undefined) return null;
  return asked.from === undefined && asked.to === undefined && from > to ? { from: to, to: from } : { from, to };
}

/** The version that was active before the present one, as the deployments tell it. */
export function previousActive(
  done: readonly Pick<Deployment, "fromVersion" | "toVersion" | "startedAt">[],
  active: number | null,
): number | null {
  const last = [...done]
    .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
    .find(({ toVersion, fromVersion }) => toVersion === active && fromVersion !== active);
  return last?.fromVersion ?? null;
}

function countsByVersion(
  statistics: readonly { version: number; counts: Partial<Record<Outcome, number>> }[],
): Map<number, { calls: number; failures: number; refused: number }> {
  const byVersion = new Map<number, { calls: number; failures: number; refused: number }>();
  for (const { version, counts } of statistics) {
    const failures = (counts.failed ?? 0) + (counts.timed_out ?? 0);
    const sum = byVersion.get(version) ?? { calls: 0, failures: 0, refused: 0 };
    byVersion.set(version, {
      calls: sum.calls + (counts.succeeded ?? 0) + failures,
      failures: sum.failures + failures,
      refused: sum.refused + (counts.refused ?? 0),
    });
  }
  return byVersion;
}
