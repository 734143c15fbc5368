/** The tools that the demo works on. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./install.mjs";

/** Files of the demo's own, which stand in the place of those that their person may have mended or taken out. */
const OWN = join(root, "lib", "main", "demo-tools");

/** Copies a folder of tools, with the calculator that fails as the demo tells it. */
export async function copyDemoTools(samples: string, folder: string): Promise<void> {
  await cp(samples, folder, { recursive: true, filter: (path) => !/node_modules|tsconfig\.json$/.test(path) });
  await cp(OWN, folder, { recursive: true });
}
