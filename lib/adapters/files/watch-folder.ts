/** Notices that tool files changed: by the system's events, and by looking now and then where events get lost. */
import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** An editor saves in several steps; one call follows when they are through. */
const SETTLE_MS = 80;
/** Network and container mounts deliver no events: then this is how late a change is seen. */
const LOOK_MS = 2_000;

/** Calls back after `<name>.ts` files of a folder changed, came or went, until the returned function is called. */
export function watchFolder(folder: string, onChange: () => void): () => void {
  let stopped = false;
  let known: string | null = null;
  let looking = Promise.resolve();
  let settle: NodeJS.Timeout | null = null;
  let watcher: FSWatcher | null = null;

  const look = (): void => {
    looking = looking.then(async () => {
      const now = await fingerprint(folder);
      if (stopped || now === known) return;
      const first = known === null;
      known = now;
      if (!first) onChange();
    });
  };
  const arm = (): void => {
    if (stopped || watcher !== null) return;
    try {
      const fresh = watch(folder, { persistent: false }, (_event, file) => {
        if (file !== null && !file.endsWith(".ts")) return;
        if (settle !== null) clearTimeout(settle);
        settle = setTimeout(look, SETTLE_MS);
      });
      const lost = (): void => {
        fresh.close();
        if (watcher === fresh) watcher = null;
      };
      fresh.on("error", lost);
      watcher = fresh;
    } catch {
      // The folder is not there, or watches are used up: looking goes on, and the next look arms again.
      watcher = null;
    }
  };

  look();
  arm();
  const interval = setInterval(() => {
    arm();
    look();
  }, LOOK_MS);
  interval.unref();
  return () => {
    stopped = true;
    clearInterval(interval);
    if (settle !== null) clearTimeout(settle);
    watcher?.close();
  };
}

/** Names, sizes, times and identities of the tool files: differs whenever one was written. */
async function fingerprint(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".ts") && !name.startsWith("."));
  const lines = await Promise.all(
    names.sort().map(async (name) => {
      const about = await stat(join(folder, name), { bigint: true }).catch(() => null);
      return about === null ? `${name} -` : `${name} ${about.ino} ${about.size} ${about.mtimeNs}`;
    }),
  );
  return lines.join("\n");
}
