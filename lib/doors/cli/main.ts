/** The command line's entry: gives `runCli` the real terminal and ends with its status. */
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { root } from "#lib/main/install.mjs";
import { runCli } from "./cli.ts";

// A reader that closes early, such as `head`, ends the output and is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const status = await runCli(process.argv.slice(2), {
  env: process.env,
  root,
  out: (line) => void process.stdout.write(line),
  err: (line) => void process.stderr.write(line),
  colour: process.stdout.isTTY && !process.env.NO_COLOR,
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  readFile: (path) => readFile(path, "utf8"),
  async openFile(path) {
    const stream = createReadStream(path);
    await once(stream, "open");
    return stream;
  },
  readStdin: () => text(process.stdin),
  async ask(question) {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await terminal.question(question);
    } finally {
      terminal.close();
    }
  },
  fetch: globalThis.fetch,
});
// Idle connections would keep the process; what was written goes out first.
process.stdout.write("", () => process.exit(status));
