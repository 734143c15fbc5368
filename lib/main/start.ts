/** `npm start`: sets up what is missing, then runs web, jobs and sandbox workers in one process until it is stopped. */
import { build, generateClient, isBuilt } from "./build.ts";
import { ensureHome, ensureToolsFolder } from "./ensure-folders.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { root } from "./install.mjs";
import { claimHome, releaseHome } from "./run-file.ts";
import type { Door } from "./server.ts";
import { listen } from "./server.ts";
import { createStages } from "./stages.ts";

const closers: (() => Promise<unknown>)[] = [];
let stopping: Promise<void> | null = null;

/** Closes what was opened, newest first, each with its own time limit; then ends the process. */
function shutDown(status: number): Promise<void> {
  stopping ??= (async () => {
    for (const close of closers.reverse()) {
      const limit = new Promise((resolve) => setTimeout(resolve, 8_000).unref());
      await Promise.race([close(), limit]).catch((error: unknown) =>
        process.stderr.write(`whetstone: ${String(error)}\n`),
      );
    }
    process.exit(status);
  })();
  return stopping;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void shutDown(0));
// The bootstrap is gone: nobody could stop this process any more.
process.on("disconnect", () => void shutDown(0));

async function start(environment: Environment): Promise<void> {
  const stages = createStages((text) => {
    // What a stop cuts off has not failed.
    if (stopping === null) process.stderr.write(text);
  }, process.stderr.isTTY);
  await ensureHome(environment.home);
  const toolsFolder = await ensureToolsFolder(environment.toolsFolder);
  const other = await claimHome(environment.home, `http://${environment.host}:${environment.port}`);
  if (other !== null)
    throw new Error(
      `already running at ${other.url} (process ${other.pid}): open it, or stop it before starting again.`,
    );
  closers.push(() => releaseHome(environment.home));

  // The port is taken before the long work, so that a wrong one is said at once.
  let doors: Door[] = [];
  let pages: Door = async (_request, response) => {
    response
      .writeHead(503, { "content-type": "text/plain", "retry-after": "2", refresh: "2" })
      .end("Whetstone is starting.\n");
    return true;
  };
  const server = await listen({
    host: environment.host,
    port: environment.port,
    doors: () => doors,
    pages: () => pages,
  });
  closers.push(() => server.close());

  await stages.run("Database client", () => generateClient(root));
  const { openHouse } = await import("./open-house.ts");
  const house = await openHouse({
    environment: { ...environment, port: server.port },
    toolsFolder,
    stages,
    address: server.url,
  });
  closers.push(() => house.close());

  if (!environment.dev && !(await isBuilt(root)))
    await stages.run(
      "Pages: building (about a minute the first time)",
      () => build(root),
      () => "Pages built",
    );
  pages = await stages.run(
    "Pages",
    () => house.openPages(server.port),
    () => "Pages ready",
  );
  doors = house.doors;

  process.stdout.write(
    `\n  Whetstone is running at ${server.url}   ${house.summary}\n  Sign in:  ${await house.signInLink()}\n  Stop it with Ctrl-C.\n\n`,
  );
}

try {
  await start(readEnvironment(process.env, root));
} catch (error) {
  if (stopping === null) process.stderr.write(`whetstone: ${error instanceof Error ? error.message : String(error)}\n`);
  await shutDown(1);
}
