/** Builds the pages when their sources changed since the last build. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compileScriptsEagerly } from "./eager-scripts.ts";

/** What the pages are built from; next-env.d.ts is written by the build itself, and would make the first one look stale. */
export async function digestOfSources(root: string): Promise<string> {
  const files: string[] = [];
  for await (const file of glob(["app/**/*", "lib/**/*.{ts,tsx,mjs}", "public/**/*", "*.{ts,json,mjs}"], { cwd: root }))
    if (!/\.test\.tsx?$/.test(file) && !file.includes("adapters/database/generated") && file !== "next-env.d.ts")
      files.push(file);
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const content = await readFile(join(root, file)).catch(() => null);
    if (content !== null) hash.update(`${file} ${content.length} `).update(content);
  }
  return hash.digest("hex");
}

/** Whether the pages on disk were built from the sources on disk. */
export async function isBuilt(root: string): Promise<boolean> {
  const stamp = join(root, ".next", "whetstone-sources");
  if (!existsSync(join(root, ".next", "BUILD_ID")) || !existsSync(stamp)) return false;
  return (await readFile(stamp, "utf8")) === (await digestOfSources(root));
}

/**
 * Runs a program of the project and waits for it.
 * @throws Error with the program's output when it fails
 */
export function run(root: string, program: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "node_modules", ".bin", program), args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args.join(" ")} failed:\n${output.trimEnd()}`)),
    );
  });
}

/** Makes the database client from the schema, unless it is there and newer. */
export async function generateClient(root: string): Promise<void> {
  const hash = createHash("sha256");
  for await (const file of glob("prisma/schema/*.prisma", { cwd: root })) hash.update(await readFile(join(root, file)));
  const stamp = join(root, "lib/adapters/database/generated", ".schema");
  const digest = hash.digest("hex");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === digest) return;
  await run(root, "prisma", ["generate", "--config", "prisma.config.ts"]);
  await writeFile(stamp, digest);
}

/** Builds the pages, from nothing: stale caches break after a reinstall. */
export async function build(root: string): Promise<void> {
  await rm(join(root, ".next"), { recursive: true, force: true });
  const sources = await digestOfSources(root);
  await run(root, "next", ["build"], { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" });
  await compileScriptsEagerly(join(root, ".next", "static"));
  await writeFile(join(root, ".next", "whetstone-sources"), sources);
}
