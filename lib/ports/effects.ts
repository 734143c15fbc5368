/** What performs effects of live calls, by the permissions of the tool's manifest. */
import type { Manifest } from "#lib/core/tool.ts";
import type { PerformEffect } from "./sandbox.ts";

/** Builds the broker for one tool. What the permissions do not grant is answered with an error. */
export type EffectBroker = (tool: string, manifest: Manifest) => PerformEffect;
