/** The real thing as `npm start` builds it, without the pages: PostgreSQL, sandbox workers, keys, jobs and doors. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureToolsFolder } from "#lib/main/ensure-folders.ts";
import { readEnvironment } from "#lib/main/environment.ts";
import { root } from "#lib/main/install.mjs";
import { openHouse } from "#lib/main/open-house.ts";
import { listen } from "#lib/main/server.ts";
import { createStages } from "#lib/main/stages.ts";
import { serve } from "./serve.ts";

const environment = readEnvironment(process.env, root);
const stages = createStages((text) => process.stderr.write(text), false);
const house = await openHouse({
  environment,
  toolsFolder: await ensureToolsFolder(environment.toolsFolder),
  stages,
  address: "http://127.0.0.1",
});
const server = await listen({
  host: "127.0.0.1",
  port: 0,
  doors: () => house.doors,
  pages: () => async (_request, response) => {
    response.writeHead(404).end();
    return true;
  },
});
const key = (await readFile(join(environment.home, "admin-key"), "utf8")).trim();
serve({ port: server.port, key }, async () => {
  await server.close();
  await house.close();
});
