/** `npm run bench -- NAME [--quick] [--resume FILE]`: progress on stderr, one JSON line at the end on stdout. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { arch, cpus, platform, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { type BenchOptions, type BenchResult, CorpusMissing } from "./figure.ts";

const folder = new URL(".", import.meta.url);
const names = (await readdir(folder))
  .filter((file) => file.endsWith(".ts") && !/\.test\.ts$/.test(file) && !["run.ts", "figure.ts"].includes(file))
  .map((file) => file.slice(0, -3))
  .sort();

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { quick: { type: "boolean" }, resume: { type: "string" } },
});
const name = positionals[0];
if (name === undefined || !names.includes(name) || !existsSync(new URL(`${name}.ts`, folder))) {
  process.stderr.write(
    `bench: ${name === undefined ? "name a bench" : `there is no bench "${name}"`}: ${names.join(", ")}\n`,
  );
  process.exit(2);
}
const { run } = (await import(new URL(`${name}.ts`, folder).href)) as {
  run(options: BenchOptions): Promise<BenchResult>;
};
try {
  const { ok, figures } = await run({
    quick: values.quick === true,
    ...(typeof values.resume === "string" ? { resume: values.resume } : {}),
  });
  const machine = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    node: process.version,
  };
  process.stdout.write(`${JSON.stringify({ bench: name, ok, figures, machine })}\n`);
} catch (error) {
  if (!(error instanceof CorpusMissing)) throw error;
  process.stderr.write("skipped: corpora not found\n");
  process.exitCode = 3;
}
