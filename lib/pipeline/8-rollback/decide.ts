/** Which version a rollback goes back to. Pure: facts in, answer out. */
import { answeringVersions, type Deployment } from "#lib/core/deployment.ts";

export type RollBackFacts = {
  readonly tool: string;
  readonly activeVersion: number | null;
  /** Numbers of all versions. */
  readonly versions: readonly number[];
  /** All of them, newest first. */
  readonly deployments: readonly Pick<Deployment, "state" | "mode" | "fromVersion" | "toVersion" | "kind" | "actor">[];
  readonly reasonRequired: boolean;
};

export type RollBackAnswer =
  | { readonly kind: "go"; readonly from: number; readonly to: number }
  | { readonly kind: "refused"; readonly reason: string };

/** Decides where to go back to: the asked version, or the one that was active before the current one. */
export function decideRollBack(
  facts: RollBackFacts,
  asked: { readonly version?: number | undefined; readonly reason: string },
): RollBackAnswer {
  const { tool, activeVersion, versions } = facts;
  if (facts.reasonRequired && asked.reason.trim() === "") return refuse("A rollback needs a reason here: say why.");
  if (activeVersion === null) return refuse(`${tool} has no active version: there is nothing to roll back.`);
  const last = madeActive(activeVersion, facts.deployments);
  if (asked.version === undefined && last?.kind === "rollback" && last.actor.kind === "machine")
    return refuse(
      `Version ${last.fromVersion} of ${tool} was taken back by the ${last.actor.name}, so it is not gone back to by itself: name the version to make active.`,
    );
  const to = asked.version ?? versionBefore(activeVersion, facts.deployments);
  if (to === null)
    return refuse(`No version of ${tool} was active before version ${activeVersion}: name the version to go to.`);
  if (!versions.includes(to)) return refuse(`${tool} has no version ${to}: its history lists what there is.`);
  if (to === activeVersion) return refuse(`Version ${to} of ${tool} is active already: there is nothing to roll back.`);
  // What never went live was never approved either: going "back" to it would walk around the review.
  if (!answeringVersions(facts.deployments).has(to))
    return refuse(
      `Version ${to} of ${tool} never answered calls, so it is nothing to go back to: approve its proposal, or propose its source.`,
    );
  return { kind: "go", from: activeVersion, to };
}

/** What was active before the given version became so, by the journal. */
export function versionBefore(active: number, deployments: RollBackFacts["deployments"]): number | null {
  return madeActive(active, deployments)?.fromVersion ?? null;
}

/** How the given version became active in another's place, the last time. */
function madeActive(active: number, deployments: RollBackFacts["deployments"]) {
  return deployments.find(
    ({ state, mode, fromVersion, toVersion }) =>
      state === "done" && mode === "real" && toVersion === active && fromVersion !== active,
  );
}

function refuse(reason: string): RollBackAnswer {
  return { kind: "refused", reason };
}
