// The first thing that `npm start` and `npm test` run: installs what is missing, then goes on with the pinned Node.
import { ensureInstalled, runPinned, stop } from "./install.mjs";

const files = { start: "lib/main/start.ts", test: "lib/testing/run.ts" };
const [command = "start", ...args] = process.argv.slice(2);
if (!Object.hasOwn(files, command)) stop(`unknown command "${command}": use npm start or npm test.`, 2);
await ensureInstalled();
await runPinned(files[command], args);
