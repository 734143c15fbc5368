/** `npx whetstone demo`: the prototype's seven parts, each printed with what really happened. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { inert } from "#lib/doors/cli/inert.ts";
import { generateClient } from "./build.ts";
import { copyDemoTools } from "./copy-demo-tools.ts";
import { DEMO_CALLS, DEMO_TOOL } from "./demo-calls.ts";
import { readEnvironment } from "./environment.ts";
import { root } from "./install.mjs";

const HELP = `npx whetstone demo [--yes] [--json] [--keep]

Runs the whole product once on a copy of the tools, in real mode, in a folder of its own:
ten calls of a buggy calculator of its own, detection, a generated fix, your approval, deployment, verification, rollback.

  --yes    approve without asking (needed where there is no terminal)
  --json   print one JSON object at the end instead of the seven lines
  --keep   keep the folder with the tools, backups and database
`;

type Line = { part: number; title: string; ok: boolean; detail: string };

class DemoStopped extends Error {}

async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question).catch(() => "");
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/**
 * Runs the demo.
 * @param args the words after `demo`
 * @returns the exit status: 0 when all seven parts held, 1 when one did not or the person declined, 2 for wrong usage
 */
export async function runDemo(args: string[]): Promise<number> {
  let options: { yes?: boolean; json?: boolean; keep?: boolean; help?: boolean };
  try {
    options = parseArgs({
      args,
      options: {
        yes: { type: "boolean", short: "y" },
        json: { type: "boolean" },
        keep: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`whetstone demo: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (options.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.yes !== true && !process.stdin.isTTY) {
    process.stderr.write(
      "whetstone demo: a person approves the fix, and there is no terminal to ask in: pass --yes to approve it.\n",
    );
    return 2;
  }
  const lines: Line[] = [];
  const say = (part: number, title: string, ok: boolean, detail: string): void => {
    lines.push({ part, title, ok, detail });
    if (options.json !== true) process.stdout.write(`${ok ? "✅" : "❌"} Part ${part}: ${title} (${inert(detail)})\n`);
    if (!ok) throw new DemoStopped(detail);
  };
  const note = (text: string): void => {
    process.stderr.write(`${inert(text)}\n`);
  };
  const home = await mkdtemp(join(tmpdir(), "whetstone-demo-"));
  const closers: (() => Promise<unknown>)[] = [];
  const interrupted = new AbortController();
  const onSignal = (): void => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  process.once("disconnect", onSignal);
  try {
    await runParts({ home, say, note, closers, yes: options.yes === true, signal: interrupted.signal });
  } catch (error) {
    if (!(error instanceof DemoStopped))
      process.stderr.write(`whetstone demo: ${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    for (const close of closers.reverse()) await close().catch((error: unknown) => note(String(error)));
    if (options.keep === true) note(`kept: ${home}`);
    else await rm(home, { recursive: true, force: true });
  }
  const ok = lines.length === 7 && lines.every((line) => line.ok);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ok, parts: lines })}\n`);
  return ok ? 0 : 1;
}

async function runParts(demo: {
  home: string;
  say: (part: number, title: string, ok: boolean, detail: string) => void;
  note: (text: string) => void;
  closers: (() => Promise<unknown>)[];
  yes: boolean;
  signal: AbortSignal;
}): Promise<void> {
  const { home, say, note, closers, signal } = demo;
  await generateClient(root);
  const { startEmbeddedPostgres } = await import("#lib/adapters/database/embedded-postgres.ts");
  const { createSandbox } = await import("#lib/adapters/sandbox/create-sandbox.ts");
  const { buildHouse } = await import("./context.ts");
  const steps = await import("./demo-steps.ts");

  // Part 1: an own database, sandbox and copy of the tools, in real mode; no model, so templates repair.
  const tools = join(home, "tools");
  await copyDemoTools(join(root, "tools"), tools);
  const environment = { ...readEnvironment({}, root), home, toolsFolder: tools };
  const postgres = await startEmbeddedPostgres({ home });
  closers.push(() => postgres.stop());
  const sandbox = await createSandbox({ workers: 1 });
  closers.push(() => sandbox.close());
  const house = await buildHouse({ environment, url: postgres.url, sandbox, home, toolsFolder: tools });
  closers.push(() => house.close());
  const { machinery } = house;
  await machinery.database.settings.set({ mode: "real" });
  say(
    1,
    "System initialization",
    house.tools.loaded.length > 0,
    `${house.tools.loaded.length} tools loaded, real mode, template repairer`,
  );
  signal.throwIfAborted();

  const calls = await steps.makeCalls(machinery);
  const failed = calls.filter(({ status }) => status === "failed");
  const succeeded = calls.filter(({ status }) => status === "succeeded");
  const rate = Math.round((100 * succeeded.length) / calls.length);
  say(
    2,
    "Generate failures",
    failed.length === 5 && calls.length === DEMO_CALLS.length,
    `${succeeded.length} of ${calls.length} calls succeeded, ${failed.length} failed: ${rate}% success rate`,
  );
  signal.throwIfAborted();

  const opportunity = await steps.detectProblem(machinery);
  say(3, "Detect opportunities", true, opportunity.reason);
  signal.throwIfAborted();

  const { proposal, evidence } = await steps.generateFix(machinery, opportunity);
  const revision = (await machinery.database.proposals.revisions(proposal.id)).at(-1);
  const base = await machinery.database.versions.find(DEMO_TOOL, proposal.baseVersion);
  if (revision === undefined || base === null) throw new Error("the proposal has no source");
  const { unifiedDiff } = await import("#lib/core/diff.ts");
  note(
    `\n${unifiedDiff(`${DEMO_TOOL}.ts (version ${base.number})`, base.source, `${DEMO_TOOL}.ts (proposed)`, revision.source)}`,
  );
  note(`Why:       ${revision.rationale}`);
  note(`Evidence:  ${evidence.headline}\n`);
  say(
    4,
    "Generate improved code",
    proposal.state === "awaiting_review",
    `${revision.origin.kind}: ${revision.origin.name}; verdict ${evidence.verdict}`,
  );
  signal.throwIfAborted();

  // Part 5: a person decides, bound to the digest of what was just shown.
  if (!demo.yes && !(await ask("Approve and deploy this change? [y/N] "))) {
    note("Not approved: nothing was written.");
    throw new DemoStopped("declined");
  }
  const person = {
    actor: { kind: "person" as const, id: "demo", name: "you" },
    scopes: ["approve" as const, "deploy" as const],
  };
  await machinery.pipeline.decide(
    {
      proposalId: proposal.id,
      decision: "approve",
      reason: "approved in the demo",
      digest: await machinery.pipeline.digest(proposal.id),
      acknowledge: evidence.summary.warnings.map(({ id }) => id),
    },
    person,
  );
  const deployment = await machinery.pipeline.deploy({ proposalId: proposal.id }, person.actor);
  const backup = deployment.backup ?? "";
  const backedUp = backup !== "" && (await readFile(backup, "utf8")) === base.source;
  const written = (await readFile(join(tools, `${DEMO_TOOL}.ts`), "utf8")) === revision.source;
  say(
    5,
    "Deploy to disk",
    deployment.state === "done" && backedUp && written,
    `version ${deployment.toVersion} active, backup ${backup}`,
  );
  signal.throwIfAborted();

  const repeated = await steps.repeatFailingCalls(machinery);
  const refused = repeated.filter(({ status }) => status === "refused");
  const words = refused[0]?.error;
  say(
    6,
    "Verify improvement",
    refused.length === repeated.length,
    `${refused.length} of ${repeated.length} failing calls are now refused clearly: ${words?.code ?? "?"}, "${words?.message ?? ""}"`,
  );
  signal.throwIfAborted();

  const rollback = await machinery.pipeline.rollBack(
    { tool: DEMO_TOOL, reason: "demonstrated in the demo" },
    person.actor,
  );
  const restored = await readFile(join(tools, `${DEMO_TOOL}.ts`));
  const same = restored.equals(await readFile(join(root, "tools", `${DEMO_TOOL}.ts`)));
  say(
    7,
    "Rollback demonstration",
    rollback.state === "done" && same,
    `version ${rollback.toVersion} active again, file equal byte for byte`,
  );
}
