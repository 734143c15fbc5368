/** Has bubblewrap installed where that may be done, so that the sandbox's suites run in a jail too. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Answers at once where bubblewrap is there; without it and without the right to install, the suites run unjailed. */
export function ensureBubblewrap(): void {
  if (process.platform !== "linux" || spawnSync("bwrap", ["--version"]).status === 0) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    process.stderr.write("  …  bubblewrap: installing Debian's\n");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...args: string[]): boolean =>
      spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", "inherit"], env }).status === 0;
    if (apt("update") && apt("install", "-y", "--no-install-recommends", "bubblewrap")) return;
  }
  process.stderr.write("  –  no bubblewrap: the sandbox is tested unjailed only\n");
}
