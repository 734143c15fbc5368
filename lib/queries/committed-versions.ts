/** Who committed versions that were kept before anybody was named: the audit says so, since versions never change. */
import type { Actor } from "#lib/core/actor.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";

/** The audit's verb; its subject is `<tool>@<number>`, its summary the commit. */
export const COMMITTED = "version.committed";

/** Numbers of such versions of a tool, with author and commit. */
export async function committedVersions(
  database: Database,
  tool: string,
): Promise<Map<number, { author: Actor; reason: string }>> {
  const { items } = await database.audit.list({ tool, verb: COMMITTED }, { limit: 200 });
  return new Map(
    items.map(({ actor, subject, summary }) => [
      Number(subject.id.slice(tool.length + 1)),
      { author: actor, reason: summary },
    ]),
  );
}

/** All versions of a tool, newest first, each with the author that is known by now. */
export async function versionsWithAuthors(database: Database, tool: string): Promise<Version[]> {
  const [versions, committed] = await Promise.all([database.versions.list(tool), committedVersions(database, tool)]);
  return versions.map((version) => ({ ...version, ...committed.get(version.number) }));
}
