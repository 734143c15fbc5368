/** Who a version is from, where its author was not known when it was kept. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { Version } from "#lib/core/version.ts";

/** What an edit on disk says of itself where nobody has committed it. */
export const EDITED = "edited on disk";

/** The author's name; of an edit on disk that nobody has put a name to, who took it. */
export function authorWords(
  { number, author, origin }: Pick<Version, "number" | "author" | "origin">,
  activations: readonly Pick<Deployment, "kind" | "toVersion" | "actor" | "startedAt">[],
): string {
  if (author.kind !== "machine" || origin !== "disk") return author.name;
  const taken = activations
    .filter(({ kind, toVersion }) => kind === "sync" && toVersion === number)
    .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime())[0];
  return taken === undefined
    ? author.id === "disk"
      ? EDITED
      : author.name
    : `${EDITED}, taken by ${taken.actor.name}`;
}
