/** What it takes to make a version active: the shared question of rooms 6 and 8. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { ErrorInfo } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import type { Effect } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Outcome } from "#lib/core/words.ts";

/** One call that the version has to answer before it goes live; effects are answered from the journal. */
export type Probe = {
  readonly description: string;
  readonly input: Json;
  readonly journal: readonly Effect[];
  /** How it has to end; null where any answer will do. */
  readonly expected: {
    readonly status: Outcome;
    readonly output?: Json | undefined;
    readonly error?: ErrorInfo | undefined;
  } | null;
  /** Places of the output that differ from run to run. */
  readonly noise: readonly string[];
};

export type Activation = {
  readonly kind: "deploy" | "rollback";
  readonly tool: string;
  /** The active version that was looked at; another one by now is a conflict. */
  readonly from: Version;
  readonly to: {
    readonly source: string;
    readonly hash: string;
    /** How the version is written down, where it is a new one. */
    readonly birth: Pick<Version, "author" | "reason" | "origin" | "parents"> | null;
  };
  /**
   * The proposal that goes along, as it was seen: one that moved on since is not deployed. For a rollback null until it
   * began: a proposal that an earlier rollback left may come back with its version.
   */
  readonly proposal: Proposal | null;
  readonly probes: readonly Probe[] | Promise<readonly Probe[]>;
  readonly reason: string;
  /** Above the settings: what really went live is really undone. */
  readonly mode?: "real" | undefined;
};

/**
 * Makes a version active, or undoes all of it. A deployment that failed comes back as `undone`; in simulated mode it
 * comes back as `simulated` with its plan and nothing was touched.
 */
export type MakeActive = (activation: Activation, actor: Actor) => Promise<Deployment>;
