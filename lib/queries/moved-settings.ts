/** Who changed settings while somebody else was about to, as a refusal that names them. */
import type { Actor } from "#lib/core/actor.ts";
import { Problem } from "#lib/core/problem.ts";
import { type MovedSetting, movedInWords, tellsOf } from "#lib/core/seen-settings.ts";
import type { Database } from "#lib/ports/database.ts";

/** How far back the record is searched for who changed a setting. */
const LOOKED_BACK = 100;

/**
 * The refusal of a change that would be made over another one.
 * @param options.tool whose own settings they are; null for the global ones
 * @param options.now the settings that were seen, as they are by now
 */
export async function movedMeanwhile(
  database: Pick<Database, "audit">,
  moved: readonly MovedSetting[],
  { tool, now, by }: { tool: string | null; now: object; by: Actor },
): Promise<Problem> {
  const filter = tool === null ? { verb: "settings.changed" } : { verb: "tool.settings_changed", tool };
  const { items } = await database.audit.list(filter, { limit: LOOKED_BACK });
  const changed = moved.map((one) => {
    const told = items.find(({ summary }) => tellsOf(tool === null ? summary : summary.slice(tool.length + 2), one));
    return { ...one, by: told?.actor ?? null, at: told?.at ?? null };
  });
  const words = changed.map((one) => movedInWords(one, whoIs(one.by, by)));
  return new Problem("conflict", `Meanwhile ${words.join("; ")}. Nothing was saved.`, { changed, now });
}

function whoIs(actor: Actor | null, asking: Actor): string {
  if (actor === null) return "somebody";
  return actor.kind === asking.kind && actor.id === asking.id ? "you" : actor.name;
}
