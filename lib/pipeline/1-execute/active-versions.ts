/** The active versions that calls use, kept until the database says that a tool changed. */
import { Problem, withoutStop } from "#lib/core/problem.ts";
import type { Recording } from "#lib/core/recording.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";

export type ActiveVersion = { readonly version: Version; readonly recording: Recording };

export type ActiveVersions = {
  /** At once where it is known already. */
  find(tool: string): ActiveVersion | Promise<ActiveVersion>;
  forget(tool: string): void;
  /** One version took the place of another, by this process: what it knows is not asked for again. */
  replaced(tool: string, from: number, by: Version): void;
};

/** Asks the database once a tool, and again after each of its changes, by whichever process. */
export function createActiveVersions(database: Database): ActiveVersions {
  const known = new Map<string, ActiveVersion | Promise<ActiveVersion>>();
  database.subscribe(
    (event) => {
      if (event.kind === "tool") known.delete(event.tool ?? event.id);
      // Of all tools at once: how calls are recorded may be another now.
      if (event.kind === "settings" && event.tool === undefined) known.clear();
    },
    () => known.clear(),
  );

  async function read(name: string): Promise<ActiveVersion> {
    const [tool, version, settings] = ToolName.safeParse(name).success
      ? await Promise.all([database.tools.find(name), database.versions.findActive(name), database.settings.get()])
      : [null, null, null];
    if (tool === null || settings === null)
      throw new Problem("not_found", `There is no tool "${name}": list the tools to see what there is.`);
    if (version === null)
      throw new Problem(
        "conflict",
        `${name} has no version that answers calls: ${withoutStop(tool.loadError ?? "its file never loaded")}.`,
      );
    return { version, recording: tool.settings.recording ?? settings.recording };
  }

  return {
    find(name) {
      const kept = known.get(name);
      if (kept !== undefined) return kept;
      const asked = read(name);
      known.set(name, asked);
      asked.then(
        (found) => {
          if (known.get(name) === asked) known.set(name, found);
        },
        // A refusal is not kept: the file may be mended meanwhile.
        () => {
          if (known.get(name) === asked) known.delete(name);
        },
      );
      return asked;
    },
    forget(name) {
      known.delete(name);
    },
    replaced(name, from, by) {
      const kept = known.get(name);
      // Whatever else is known, or being asked for, may be older or newer than the change: the database is asked.
      if (kept === undefined || kept instanceof Promise || kept.version.number !== from) known.delete(name);
      else known.set(name, { ...kept, version: by });
    },
  };
}
