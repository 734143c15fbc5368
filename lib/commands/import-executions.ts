/** Takes over calls that were recorded elsewhere: one JSON object a line, each taken or listed with its reason. */
import { z } from "zod";
import { type Recording, recorded } from "#lib/core/recording.ts";
import type { Schemas } from "#lib/core/sensitive.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Database } from "#lib/ports/database.ts";
import type { ImportedExecution } from "#lib/ports/executions.ts";
import { schemasOf } from "#lib/queries/masked.ts";
import { type Context, defineCommand } from "./command.ts";
import { type KnownVersions, readImportLine } from "./import-line.ts";
import { record } from "./record.ts";

type Lines = AsyncIterable<string> | Iterable<string>;

export const ImportExecutions = z.object({
  lines: z.custom<Lines>(
    (value) =>
      typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
    "takes one JSON object a line (NDJSON)",
  ),
});

export const ImportAnswer = z.object({
  imported: z.number().int(),
  /** Lines whose externalId was there already. */
  duplicates: z.number().int(),
  rejected: z.array(z.object({ line: z.number().int(), reason: z.string() })),
});
export type ImportAnswer = z.infer<typeof ImportAnswer>;

const BATCH = 1_000;
const NO_SCHEMAS: Schemas = { inputSchema: {}, outputSchema: {} };

export const importExecutions = defineCommand({
  name: "executions.import",
  summary: "Take over calls recorded elsewhere (NDJSON)",
  scope: "operate",
  input: ImportExecutions,
  async run({ ctx, input }): Promise<ImportAnswer> {
    const answer: ImportAnswer = { imported: 0, duplicates: 0, rejected: [] };
    const tools = new Set<string>();
    const now = ctx.clock.now();
    const known = remember((tool) => knownVersions(ctx.database, tool));
    let batch: ImportedExecution[] = [];
    const keep = remember((name) => kept(ctx.database, name));
    let number = 0;
    for await (const text of input.lines) {
      number++;
      if (text.trim() === "") continue;
      const read = await readImportLine(text, known, now);
      if (!read.ok) {
        answer.rejected.push({ line: number, reason: read.reason });
        continue;
      }
      tools.add(read.execution.tool);
      batch.push(read.execution);
      if (batch.length >= BATCH) {
        await store(ctx, batch, keep, answer);
        batch = [];
      }
    }
    if (batch.length > 0) await store(ctx, batch, keep, answer);
    const [tool] = tools;
    await record(ctx, async () => ({
      answer: undefined,
      audit: {
        verb: "executions.imported",
        tool: tools.size === 1 && tool !== undefined ? tool : null,
        subject: { kind: "import", id: ctx.clock.id() },
        summary: `imported ${answer.imported} executions; ${answer.duplicates} were there already, ${answer.rejected.length} lines refused`,
      },
      events: [...tools].map((name) => ({ kind: "tool" as const, id: name, tool: name })),
    }));
    return answer;
  },
});

type Keep = (tool: string) => Promise<{ recording: Recording; schemas: Schemas | null }>;

/** What of a tool's calls may be kept: calls from elsewhere are recorded as its own are. */
async function kept(database: Database, name: string): Promise<Awaited<ReturnType<Keep>>> {
  const [tool, everywhere] = await Promise.all([database.tools.find(name), database.settings.get()]);
  const recording = tool?.settings.recording ?? everywhere.recording;
  return { recording, schemas: recording === "redacted" ? await schemasOf(database, name) : null };
}

async function store(ctx: Context, batch: ImportedExecution[], keep: Keep, answer: ImportAnswer): Promise<void> {
  const recordings = await Promise.all(
    batch.map(async (execution) => {
      const { recording, schemas } = await keep(execution.tool);
      return recorded(recording, schemas ?? NO_SCHEMAS, execution);
    }),
  );
  const { imported, duplicates } = await ctx.database.executions.import(recordings);
  answer.imported += imported;
  answer.duplicates += duplicates;
}

async function knownVersions(database: Database, name: string): Promise<KnownVersions> {
  const tool = ToolName.safeParse(name).success ? await database.tools.find(name) : null;
  if (tool === null) return null;
  const versions = await database.versions.list(name);
  return { active: tool.activeVersion, numbers: new Set(versions.map((version) => version.number)) };
}

function remember<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}
