/** Builds the pages once before the journeys: two of them that both found them stale would build in each other's way. */
import { fileURLToPath } from "node:url";
import { build, isBuilt } from "../lib/main/build.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export default async function pagesBuilt(): Promise<void> {
  if (!(await isBuilt(root))) await build(root);
}
