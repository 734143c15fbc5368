/** From a claimed home to an open house: database, sandbox, workspaces, doors and pages. */
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import next from "next";
import { startEmbeddedPostgres } from "#lib/adapters/database/embedded-postgres.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { authenticateSession, createSignInLink, ensureAdminKey, readCookie } from "#lib/doors/access.ts";
import { createApiHandler } from "#lib/doors/http/api-handler.ts";
import { createMcpHandler } from "#lib/doors/mcp/mcp-handler.ts";
import { noteBeginning, repeatFailingCalls, runDemoUntilReview } from "./demo-steps.ts";
import { type ToolsFolder, toolsInWords } from "./ensure-folders.ts";
import type { Environment } from "./environment.ts";
import { WHETSTONE, type WhetstoneGlobal, WORKSPACE_COOKIE } from "./global.ts";
import { root } from "./install.mjs";
import type { Door } from "./server.ts";
import type { Stages } from "./stages.ts";
import { createStaticDoor } from "./static-files.ts";
import { createWorkspaces } from "./workspaces.ts";

export type OpenHouse = {
  readonly doors: Door[];
  /** One line about what stands: tools, mode, generator. */
  readonly summary: string;
  openPages(port: number): Promise<Door>;
  signInLink(): Promise<string>;
  close(): Promise<void>;
};

/** A browser that watches the demo says so with a cookie; a key never does. */
function looksAtDemo({ headers }: IncomingMessage): boolean {
  return headers.authorization === undefined && readCookie(headers.cookie ?? null, WORKSPACE_COOKIE) === "demo";
}

/** Builds everything in stages; `address` is the origin that links are printed with. */
export async function openHouse(options: {
  environment: Environment;
  toolsFolder: ToolsFolder;
  stages: Stages;
  address: string;
}): Promise<OpenHouse> {
  const { environment, toolsFolder, stages, address } = options;
  const postgres =
    environment.databaseUrl === null
      ? await stages.run(
          "PostgreSQL: starting the embedded server",
          () => startEmbeddedPostgres({ home: environment.home }),
          ({ reused }) => `PostgreSQL ${reused ? "was running and is used again" : "started"}`,
        )
      : { url: environment.databaseUrl, stop: async () => {} };
  try {
    const sandbox = await stages.run(
      "Sandbox workers",
      () => createSandbox({ workers: environment.workers, jitless: environment.jitless }),
      (made) => `Sandbox workers: ${made.describe().detail}`,
    );
    const workspaces = await stages
      .run(
        "Tools and jobs",
        () => createWorkspaces({ environment, url: postgres.url, sandbox, samples: join(root, "tools") }),
        ({ main }) => toolsInWords(main.tools, toolsFolder),
      )
      .catch(async (error: unknown) => {
        await sandbox.close();
        throw error;
      });
    const { machinery } = workspaces.main;
    await ensureAdminKey({ database: machinery.database, home: environment.home });
    const whetstone: WhetstoneGlobal = {
      workspace: (name) => workspaces.find(name),
      authenticateSession: (cookie) => authenticateSession(machinery.database, cookie, machinery.clock.now()),
      async startDemo(actor) {
        const demo = await workspaces.openDemo();
        await noteBeginning(demo, actor);
        void runDemoUntilReview(demo).catch((error: unknown) =>
          process.stderr.write(`whetstone: demo: ${String(error)}\n`),
        );
      },
      async verifyDemo() {
        await repeatFailingCalls(await workspaces.openDemo());
      },
      resetDemo: () => workspaces.resetDemo(),
    };
    Reflect.set(globalThis, WHETSTONE, whetstone);
    const settings = await machinery.database.settings.get();
    return {
      doors: [
        createMcpHandler(machinery),
        createApiHandler(machinery, {
          workspaceOf: async (request) => (looksAtDemo(request) ? await workspaces.find("demo") : null) ?? machinery,
        }),
      ],
      summary: `${settings.mode} mode, fixes by ${machinery.model === null ? "the template repairer" : `${machinery.model.name} at ${machinery.model.host}`}`,
      async openPages(port) {
        const app = next({ dev: environment.dev, dir: root, hostname: environment.host, port, quiet: true });
        await app.prepare();
        const handle = app.getRequestHandler();
        const files = environment.dev ? null : createStaticDoor(join(root, ".next"));
        return async (request, response) => {
          if (files !== null && (await files(request, response))) return true;
          await handle(request, response);
          return true;
        };
      },
      signInLink: () => createSignInLink({ database: machinery.database, clock: machinery.clock, address }),
      async close() {
        await workspaces.close();
        await sandbox.close();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
