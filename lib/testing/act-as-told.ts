/** A process of its own that syncs, deploys and rolls back as it is told: act-as-told.ts PLACE, then a line of JSON a deed. */
import { createInterface } from "node:readline";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { sha256 } from "#lib/core/json.ts";
import { isProblem } from "#lib/core/problem.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { createRollBack } from "#lib/pipeline/8-rollback/index.ts";
import { captureEdit } from "#lib/registry/capture-edit.ts";
import { resolveSync } from "#lib/registry/resolve-sync.ts";
import { ADA, BEN } from "./workshop.ts";

export type Place = { readonly url: string; readonly tools: string; readonly backups: string };

export type Deed = {
  readonly id: number;
  readonly tool: string;
  readonly what: "capture" | "take_disk" | "take_database" | "merge" | "rollback" | "deploy";
  /** Which version a rollback goes to. */
  readonly pick: number;
  /** What a deployment makes active. */
  readonly source: string;
};

/** How it ended: refused is what locks and rules are for, a fault is what must not be. */
export type Told = { readonly id: number; readonly live: boolean; readonly refused?: string; readonly fault?: string };

const { url, tools, backups } = JSON.parse(process.argv[2] ?? "") as Place;
const sandbox = await createSandbox({ workers: 1 });
const database = await createDatabase({ url, clock: systemClock });
const parts = {
  database,
  files: createFiles({ toolsFolder: tools, backupsFolder: backups }),
  sandbox,
  clock: systemClock,
};
const { makeActive } = createDeploy({ ...parts, onActivated: () => {} });
const rollBack = createRollBack({ ...parts, makeActive });

/** Whether the source that was told went live. */
async function carryOut({ tool, what, pick, source }: Deed): Promise<boolean> {
  if (what === "capture") await captureEdit(parts, tool);
  else if (what === "rollback") {
    const versions = await database.versions.list(tool);
    await rollBack({ tool, version: versions[pick % versions.length]?.number, reason: "by chance" }, BEN);
  } else if (what === "deploy") {
    const from = await database.versions.findActive(tool);
    if (from === null) return false;
    const birth = { author: ADA, reason: "by chance", origin: "proposal" as const, parents: [from.number] };
    const to = { source, hash: sha256(source), birth };
    const wish = { kind: "deploy", tool, from, to, proposal: null, probes: [], reason: "" } as const;
    return (await makeActive(wish, ADA)).state === "done";
  } else await resolveSync(parts, { tool, resolution: what }, what === "take_database" ? BEN : ADA);
  return false;
}

async function answer(deed: Deed): Promise<void> {
  const told = await carryOut(deed).then(
    (live): Told => ({ id: deed.id, live }),
    (error: unknown): Told =>
      isProblem(error)
        ? { id: deed.id, live: false, refused: error.message }
        : { id: deed.id, live: false, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) },
  );
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

process.stdout.write("ready\n");
const under = new Set<Promise<void>>();
for await (const line of createInterface({ input: process.stdin })) {
  const one = answer(JSON.parse(line) as Deed);
  under.add(one);
  void one.finally(() => under.delete(one));
}
await Promise.all(under);
await sandbox.close();
await database.close();
