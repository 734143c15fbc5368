/** A whole installation for integration tests: its own database, folder, tools and port, built as `npm start` builds it. */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import type { Machinery } from "#lib/commands/command.ts";
import { ensureAdminKey } from "#lib/doors/access.ts";
import { createApiHandler } from "#lib/doors/http/api-handler.ts";
import { createMcpHandler } from "#lib/doors/mcp/mcp-handler.ts";
import { buildHouse } from "#lib/main/context.ts";
import { readEnvironment } from "#lib/main/environment.ts";
import { root } from "#lib/main/install.mjs";
import { listen } from "#lib/main/server.ts";
import { createTestDatabase } from "./postgres.ts";

export type TestHouse = {
  readonly machinery: Machinery;
  readonly url: string;
  /** The admin key. */
  readonly key: string;
  readonly home: string;
  readonly tools: string;
  readonly databaseUrl: string;
  close(): Promise<void>;
};

/** Opens a house with a copy of the sample tools; all parts are the real ones. `variables` are its environment. */
export async function openTestHouse(variables: Readonly<Record<string, string>> = {}): Promise<TestHouse> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const home = await mkdtemp(join(tmpdir(), "whetstone-house-"));
    closers.push(() => rm(home, { recursive: true, force: true }));
    const tools = join(home, "tools");
    await cp(join(root, "tools"), tools, {
      recursive: true,
      filter: (path) => !/node_modules|tsconfig\.json$/.test(path),
    });
    const { url: databaseUrl, close: dropDatabase } = await createTestDatabase();
    closers.push(dropDatabase);
    const sandbox = await createSandbox({ workers: 1 });
    closers.push(() => sandbox.close());
    const environment = { ...readEnvironment(variables, root), home, toolsFolder: tools };
    const house = await buildHouse({ environment, url: databaseUrl, sandbox, toolsFolder: tools, home });
    closers.push(() => house.close());
    const { machinery } = house;
    const key = await ensureAdminKey({ database: machinery.database, home });
    const doors = [createMcpHandler(machinery), createApiHandler(machinery)];
    const server = await listen({
      host: "127.0.0.1",
      port: 0,
      doors: () => doors,
      pages: () => async (_request, response) => {
        response.writeHead(404).end("no pages here");
        return true;
      },
    });
    closers.push(() => server.close());
    return { machinery, url: server.url, key, home, tools, databaseUrl, close };
  } catch (error) {
    await close();
    throw error;
  }
}
