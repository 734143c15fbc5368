/** Who a version is from, where its author was not known when it was kept. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { Version } from "#lib/core/version.ts";
import { EDITED } from "#lib/registry/capture-edit.ts";
import { TAKE_DISK } from "#lib/registry/settled.ts";

/** The author's name; of an edit on disk that nobody has put a name to, who took it. Empty for what was found on disk. */
export function authorWords(
  { number, author, reason }: Pick<Version, "number" | "author" | "reason">,
  deployments: readonly Pick<Deployment, "kind" | "toVersion" | "reason" | "actor">[],
): string {
  if (author.kind !== "machine" || author.id !== "disk") return author.name;
  if (reason !== EDITED) return "";
  // Made active again from the database, it was not taken then.
  const taken = deployments.find((one) => one.kind === "sync" && one.toVersion === number && one.reason === TAKE_DISK);
  return taken === undefined ? EDITED : `${EDITED}, taken by ${taken.actor.name}`;
}
