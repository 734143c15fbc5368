/** The real room 4 over a real sandbox and a database of its own: where the bench has patches tested. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "#lib/adapters/clock/system-clock.ts";
import { createDatabase, ensureDatabase } from "#lib/adapters/database/create-database.ts";
import { startEmbeddedPostgres } from "#lib/adapters/database/embedded-postgres.ts";
import { migrate } from "#lib/adapters/database/migrate.ts";
import { createSandbox } from "#lib/adapters/sandbox/create-sandbox.ts";
import { machine } from "#lib/core/actor.ts";
import { failureCluster, inputShape } from "#lib/core/clusters.ts";
import type { Evidence, EvidenceCase } from "#lib/core/evidence.ts";
import { isFailure } from "#lib/core/execution.ts";
import { type Json, sha256 } from "#lib/core/json.ts";
import { toOutcome } from "#lib/core/outcome.ts";
import type { Purpose } from "#lib/core/proposal.ts";
import type { Version } from "#lib/core/version.ts";
import { createTest } from "#lib/pipeline/4-test/index.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import { DEFAULT_LIMITS } from "#lib/ports/sandbox.ts";
import { rememberRuns } from "./remember-runs.ts";

export type RecordedCall = {
  readonly input: Json;
  /** What the world answers to whatever the tool asks of it. */
  readonly upstream?: Json;
  /** What a person said is right, where somebody marked the answer as wrong. */
  readonly right?: Json;
};

export type ProvingGround = {
  readonly database: Database;
  /** Installs a source as version 1 of a new tool. */
  install(name: string, source: string): Promise<Version>;
  /** Makes the calls in the sandbox and records what came of them, feedback included. */
  record(version: Version, calls: readonly RecordedCall[]): Promise<void>;
  /** Takes executions as they are: for bulk. */
  load(version: Version, executions: readonly ImportedExecution[]): Promise<void>;
  /** Judges a patch. The version's own runs are remembered from one patch to the next, unless time is what is measured. */
  prove(
    version: Version,
    source: string,
    purpose: Purpose,
    options?: { readonly remembering?: boolean },
  ): Promise<{ evidence: Evidence; cases: EvidenceCase[]; seconds: number }>;
  close(): Promise<void>;
};

/** Calls that never end are stopped early here: the corpus' functions answer within a millisecond. */
const CALL_MS = 400;
const WIDTH = 4;

function answerOf(kind: string, upstream: Json): Json {
  return kind === "fetch" ? { status: 200, headers: {}, body: JSON.stringify(upstream) } : upstream;
}

/**
 * Opens a database, a sandbox and the room.
 * @param options.jitless false: guests that compute for long are judged sooner; the verdicts are the same
 */
export async function openProvingGround(options: { jitless: boolean }): Promise<ProvingGround> {
  const home = await mkdtemp(join(tmpdir(), "whetstone-gate-"));
  await chmod(home, 0o755);
  const server = await startEmbeddedPostgres({ home });
  const url = await ensureDatabase(server.url, "whetstone_gate");
  await migrate({ url });
  const [database, real] = await Promise.all([createDatabase({ url, clock: systemClock }), createSandbox(options)]);
  const sandbox = rememberRuns(real);
  const remembering = createTest({ database, sandbox, clock: systemClock });
  const forgetful = createTest({ database, sandbox: real, clock: systemClock });
  const author = machine("bench");
  const started = Date.now();
  let made = 0;

  async function executionOf(version: Version, { input, upstream }: RecordedCall): Promise<ImportedExecution> {
    const { tool, source, hash, manifest } = version;
    const result = await sandbox.run({
      module: { name: tool, source, hash },
      manifest,
      input,
      limits: { ...DEFAULT_LIMITS, timeMs: CALL_MS },
      effects: { mode: "live", perform: async ({ kind }) => answerOf(kind, upstream ?? null) },
    });
    if (result.kind === "diverged") throw new Error(`${tool} asked for ${JSON.stringify(result.askedFor)}`);
    const { status, output, error } = toOutcome(manifest, result);
    made += 1;
    return {
      externalId: `${tool}-${made}`,
      tool,
      version: version.number,
      startedAt: new Date(started - 86_400_000 + made),
      latencyMs: result.latencyMs,
      status,
      input,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      effects: result.effects,
      caller: "bench",
      ...(isFailure(status) && error ? { cluster: failureCluster(error) } : {}),
      shape: inputShape(input),
    };
  }

  async function all(tool: string) {
    const found = [];
    for (let cursor: string | undefined; ; ) {
      const page = await database.executions.list({ tool }, { limit: 200, cursor });
      found.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === undefined) return found;
    }
  }

  const load: ProvingGround["load"] = async (_version, executions) => {
    await database.executions.import([...executions]);
  };

  return {
    database,
    load,
    async install(name, source) {
      const inspected = await sandbox.inspect({ name, source, hash: sha256(source) });
      if (!inspected.ok) throw new Error(`${name} does not load: ${inspected.error}`);
      await database.tools.upsert({ name, loadError: null });
      const { manifest } = inspected;
      return database.versions.add({
        tool: name,
        source,
        manifest,
        author,
        reason: "bench",
        origin: "disk",
        parents: [],
      });
    },
    async record(version, calls) {
      const executions: ImportedExecution[] = [];
      for (let at = 0; at < calls.length; at += WIDTH) {
        const some = calls.slice(at, at + WIDTH);
        executions.push(...(await Promise.all(some.map((call) => executionOf(version, call)))));
      }
      await load(version, executions);
      const byExternalId = new Map((await all(version.tool)).map((one) => [one.externalId, one.id]));
      for (const [at, { right }] of calls.entries()) {
        const executionId = byExternalId.get(executions[at]?.externalId);
        if (right === undefined || executionId === undefined) continue;
        const said = { executionId, tool: version.tool, correct: false, expectedOutput: right };
        await database.executions.addFeedback(said, author);
      }
    },
    async prove(version, source, purpose, { remembering: remembers = true } = {}) {
      const proposal = await database.proposals.create({
        tool: version.tool,
        baseVersion: version.number,
        purpose,
        createdBy: author,
        initial: "testing",
        reason: "bench",
      });
      const origin = { kind: "agent", name: "bench" } as const;
      await database.proposals.addRevision(proposal.id, { source, rationale: "bench", author, origin });
      const room = remembers ? remembering : forgetful;
      sandbox.beginProof(version.hash);
      const began = performance.now();
      const work = { signal: new AbortController().signal, progress: async () => {} };
      const evidence = await room.test({ proposalId: proposal.id }, work);
      const seconds = (performance.now() - began) / 1000;
      return { evidence, cases: await database.proposals.evidenceCases(evidence.id), seconds };
    },
    async close() {
      await sandbox.close();
      await database.close();
      await server.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
