#!/usr/bin/env node
// `npx whetstone`: runs on the machine's own Node (20 or later) and goes on with the pinned one.
import { ensureInstalled, runPinned } from "../../main/install.mjs";

await ensureInstalled();
await runPinned("lib/doors/cli/main.ts", process.argv.slice(2));
