/** Room 6: an approved source becomes the active version, or everything stays as it was. */
import type { Actor } from "#lib/core/actor.ts";
import type { Deployment } from "#lib/core/deployment.ts";
import type { MakeActive } from "./activation.ts";
import { deploy } from "./deploy.ts";
import { follow } from "./follow.ts";
import { createMakeActive, type DeployParts } from "./make-active.ts";
import { recover } from "./recover.ts";

export type { Activation, MakeActive, Probe } from "./activation.ts";

/** Opens the room; `makeActive` is the mechanic that rollbacks share. */
export function createDeploy(parts: DeployParts): {
  deploy(request: { proposalId: string }, actor: Actor): Promise<Deployment>;
  makeActive: MakeActive;
  recover(): Promise<Deployment[]>;
  follow(request: { tool?: string | undefined }): Promise<string[]>;
} {
  const makeActive = createMakeActive(parts);
  return {
    deploy: ({ proposalId }, actor) => deploy({ database: parts.database, makeActive }, proposalId, actor),
    makeActive,
    recover: () => recover(parts),
    follow: ({ tool }) => follow(parts, tool),
  };
}
