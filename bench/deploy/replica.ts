/** One server process of the bench: replica.ts DATABASE_URL HOME TOOLS. Prints its address and key, serves until it is stopped. */
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { ensureAdminKey } from "#lib/doors/access.ts";
import { createApiHandler } from "#lib/doors/http/api-handler.ts";
import { buildHouse } from "#lib/main/context.ts";
import { readEnvironment } from "#lib/main/environment.ts";
import { root } from "#lib/main/install.mjs";
import { listen } from "#lib/main/server.ts";

const [url = "", home = "", toolsFolder = ""] = process.argv.slice(2);
const sandbox = await createSandbox({ workers: 1 });
const environment = { ...readEnvironment({}, root), home, toolsFolder };
const { machinery } = await buildHouse({ environment, url, sandbox, toolsFolder, home });
const key = await ensureAdminKey({ database: machinery.database, home });
const door = createApiHandler(machinery);
const server = await listen({
  host: "127.0.0.1",
  port: 0,
  doors: () => [door],
  pages: () => async (_request, response) => {
    response.writeHead(404).end();
    return true;
  },
});
process.stdout.write(`${JSON.stringify({ url: server.url, key })}\n`);
