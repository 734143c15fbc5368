/** A process of its own that does one thing, and kills itself at a moment of it: act-once.ts ORDER, as JSON. */
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createGit } from "#lib/adapters/git/create-git.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";
import { createRollBack } from "#lib/pipeline/8-rollback/index.ts";
import { importHistory } from "#lib/registry/import-history.ts";
import { resolveSync } from "#lib/registry/resolve-sync.ts";
import { type Cut, strikeAt, watchWrites } from "./mortal.ts";

export type Order = {
  readonly url: string;
  readonly tools: string;
  readonly backups: string;
  readonly tool: string;
  readonly action: "deploy" | "rollback" | "merge" | "import";
  readonly proposalId?: string | undefined;
  readonly cut: Cut | null;
};

const ADA = { kind: "person", id: "ada", name: "Ada" } as const;

const order = JSON.parse(process.argv[2] ?? "") as Order;
const { tool, cut } = order;
const onMoment =
  cut === null
    ? () => {}
    : strikeAt(cut, () => {
        process.kill(process.pid, "SIGKILL");
        // Nothing else happens until the signal arrives.
        return new Promise<void>(() => {});
      });
const sandbox = await createSandbox({ workers: 1 });
const real = await createDatabase({ url: order.url, clock: systemClock });
const parts = {
  database: watchWrites(real, onMoment),
  files: watchWrites(createFiles({ toolsFolder: order.tools, backupsFolder: order.backups }), onMoment),
  sandbox,
  clock: systemClock,
};
const rooms = createDeploy({ ...parts, onActivated: () => {} });
switch (order.action) {
  case "deploy":
    await rooms.deploy({ proposalId: order.proposalId ?? "" }, ADA);
    break;
  case "rollback":
    await createRollBack({ ...parts, makeActive: rooms.makeActive })({ tool, version: 1, reason: "worse" }, ADA);
    break;
  case "merge":
    await resolveSync(parts, { tool, resolution: "merge" }, ADA);
    break;
  case "import":
    await importHistory({ ...parts, git: createGit({ toolsFolder: order.tools, enabled: true }) }, tool, {
      afterKnown: false,
    });
}
await sandbox.close();
await real.close();
