/** A process of its own that deploys one proposal, to be killed meanwhile: deploy-once.ts URL TOOLS BACKUPS PROPOSAL. */
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase } from "#lib/adapters/database/create-database.ts";
import { createFiles } from "#lib/adapters/files/create-files.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { createDeploy } from "#lib/pipeline/6-deploy/index.ts";

const [url = "", toolsFolder = "", backupsFolder = "", proposalId = ""] = process.argv.slice(2);
const database = await createDatabase({ url, clock: systemClock });
const sandbox = await createSandbox({ workers: 1 });
const { deploy } = createDeploy({
  database,
  sandbox,
  files: createFiles({ toolsFolder, backupsFolder }),
  clock: systemClock,
  onActivated: () => {},
});
// The database is warm, so that the kill falls into the deployment and not before it.
await database.proposals.find(proposalId);
process.stdout.write("ready\n");
await deploy({ proposalId }, { kind: "person", id: "ada", name: "Ada" });
process.stdout.write("done\n");
await sandbox.close();
await database.close();
