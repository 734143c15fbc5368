/** `npm run imports`: who may import whom (the house of docs/README.md), with a canary that proves the check can fail. */

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { root } from "#lib/main/install.mjs";
import { IMPORT_RULES } from "./import-rules.ts";

const CANARY = "lib/core/canary-import.ts";

async function look(): Promise<ICruiseResult> {
  const { output } = await cruise(["lib", "app"], {
    baseDir: root,
    ruleSet: { forbidden: IMPORT_RULES },
    validate: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "adapters/database/generated" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
    },
  });
  return output as ICruiseResult;
}

function violations(result: ICruiseResult): string[] {
  return result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

process.chdir(root);
await mkdir(join(root, "lib/core"), { recursive: true });
await writeFile(join(root, CANARY), 'import "../adapters/clock/system-clock.ts";\n');
let planted: ICruiseResult;
try {
  planted = await look();
} finally {
  await rm(join(root, CANARY), { force: true });
}
const found = violations(planted);
const caught = found.some((line) => line.startsWith("core-is-pure") && line.includes(CANARY));
const wrong = found.filter((line) => !line.includes(CANARY));
const modules = planted.modules.length;
if (!caught)
  process.stderr.write(`imports: the planted violation in ${CANARY} was not caught, so the check proves nothing\n`);
if (modules < 50) process.stderr.write(`imports: only ${modules} modules were read\n`);
for (const line of wrong) process.stderr.write(`imports: ${line}\n`);
const passed = caught && modules >= 50 && wrong.length === 0;
if (passed)
  process.stdout.write(`imports: ${modules} modules follow ${IMPORT_RULES.length} rules, and the canary was caught\n`);
process.exit(passed ? 0 : 1);
