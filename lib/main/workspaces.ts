/** The installation's own workspace, and the demo's: its own database, folder and copy of the tools, in real mode. */

import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { dropDatabase, ensureDatabase } from "#lib/adapters/database/create-database.ts";
import type { Machinery } from "#lib/commands/command.ts";
import type { Sandbox } from "#lib/ports/sandbox.ts";
import { buildHouse, type House } from "./context.ts";
import { copyDemoTools } from "./copy-demo-tools.ts";
import type { Environment } from "./environment.ts";

export type WorkspaceName = "main" | "demo";

/** Name of the demo's database, on the server of the installation's own. */
const DEMO_DATABASE = "whetstone_demo";

export type Workspaces = {
  readonly main: House;
  /** Null where the demo was never started. */
  find(name: WorkspaceName): Promise<Machinery | null>;
  /** Builds the demo's house if it does not stand, and answers its machinery. */
  openDemo(): Promise<Machinery>;
  /** Takes the demo down, with its database and folder. */
  resetDemo(): Promise<void>;
  close(): Promise<void>;
};

/** @param options.samples the folder of tools that the demo copies */
export async function createWorkspaces(options: {
  environment: Environment;
  url: string;
  sandbox: Sandbox;
  samples: string;
}): Promise<Workspaces> {
  const { environment, url, sandbox, samples } = options;
  const demoHome = join(environment.home, "demo");
  const demoTools = join(demoHome, "tools");
  const main = await buildHouse({
    environment,
    url,
    sandbox,
    home: environment.home,
    toolsFolder: environment.toolsFolder,
  });
  let demo: Promise<House> | null = null;

  async function buildDemo(): Promise<House> {
    await mkdir(demoTools, { recursive: true });
    if (!existsSync(join(demoTools, "calculator.ts"))) await copyDemoTools(samples, demoTools);
    const demoUrl = await ensureDatabase(url, DEMO_DATABASE);
    const house = await buildHouse({ environment, url: demoUrl, sandbox, home: demoHome, toolsFolder: demoTools });
    await house.machinery.database.settings.set({ mode: "real" });
    return house;
  }

  function open(): Promise<House> {
    demo ??= buildDemo().catch((error: unknown) => {
      demo = null;
      throw error;
    });
    return demo;
  }

  return {
    main,
    async find(name) {
      if (name === "main") return main.machinery;
      return demo !== null || existsSync(demoTools) ? (await open()).machinery : null;
    },
    async openDemo() {
      return (await open()).machinery;
    },
    async resetDemo() {
      const standing = demo;
      demo = null;
      if (standing !== null) await (await standing).close();
      await rm(demoHome, { recursive: true, force: true });
      await dropDatabase(url, DEMO_DATABASE);
    },
    async close() {
      if (demo !== null) await (await demo).close();
      await main.close();
    },
  };
}
