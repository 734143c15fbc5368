/** The cases that people kept of a tool's executions: as its page shows them, and how a removed one is put back. */
import type { Context } from "#lib/commands/command.ts";
import { equalJson } from "#lib/core/comparison.ts";
import type { Execution, StoredCase } from "#lib/core/execution.ts";
import type { Json } from "#lib/core/json.ts";
import { validateJson } from "#lib/core/json-schema.ts";
import { keepsInput } from "#lib/core/recording.ts";
import { MASK, maskToolCase, type Schemas } from "#lib/core/sensitive.ts";
import type { Database } from "#lib/ports/database.ts";
import { isId } from "./find-or-refuse.ts";
import { schemasOf } from "./masked.ts";

export type KeptCase = Pick<StoredCase, "id" | "description"> & {
  /** In one line, cut: what tells it from the others. */
  readonly short: string;
  readonly input: string;
  readonly expected: string;
  /** Null where the call is no longer on record. */
  readonly executionId: string | null;
  /** Whether its call can make it again just as it is. */
  readonly restorable: boolean;
};

/** What makes a removed case again: the input of the command that makes one of an execution. */
export type WayBack = Pick<StoredCase, "id" | "description" | "expectedOutput" | "shouldThrow"> & {
  readonly retest: true;
};

/** As much of a value as a list of many shows of each; its execution has the rest. */
const MOST_TEXT = 4_000;
const MOST_SHORT = 160;
/** What a page sends back at most: a longer answer is not carried through the browser. */
const MOST_CARRIED = 100_000;

type Found = { readonly one: StoredCase; readonly execution: Execution | null; readonly schemas: Schemas | null };

export async function listKeptCases(database: Database, tool: string): Promise<KeptCase[]> {
  const cases = await database.executions.cases(tool);
  const versions = new Map<number | undefined, Promise<Schemas | null>>();
  const executions = await database.executions.findAll(cases.flatMap(({ executionId }) => executionId ?? []));
  return Promise.all(
    cases.map(async (one) => {
      const execution = executions.get(one.executionId ?? "") ?? null;
      const version = execution?.version;
      const known = versions.get(version) ?? schemasOf(database, tool, version);
      versions.set(version, known);
      return shown({ one, execution, schemas: await known });
    }),
  );
}

/** How a case that is about to be removed can be put back; null where it cannot be, or only by showing what is hidden. */
export async function readWayBack(
  { database }: Pick<Context, "database">,
  { name: tool, id }: { readonly name: string; readonly id: string },
): Promise<WayBack | null> {
  const one = (await database.executions.cases(tool)).find((kept) => kept.id === id);
  if (one === undefined) return null;
  const execution = await executionOf(database, one);
  return wayBack({ one, execution, schemas: await schemasOf(database, tool, execution?.version) });
}

async function executionOf(database: Database, { executionId }: StoredCase): Promise<Execution | null> {
  return executionId !== undefined && isId(executionId) ? database.executions.find(executionId) : null;
}

function shown(found: Found): KeptCase {
  const { id, description, input, expectedOutput, shouldThrow } = maskedOf(found);
  return {
    id,
    description,
    short: cut(JSON.stringify(input), MOST_SHORT),
    input: written(input),
    expected: shouldThrow === undefined ? written(expectedOutput ?? null) : `refuses: ${shouldThrow}`,
    executionId: found.execution?.id ?? null,
    restorable: wayBack(found) !== null,
  };
}

const maskedOf = ({ one, schemas }: Found): StoredCase => (schemas === null ? one : maskToolCase(schemas, one));

const written = (value: Json): string => cut(JSON.stringify(value, null, 2), MOST_TEXT);

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}

/** Only where the command would make the very same case, and nothing hidden goes through the browser. */
function wayBack(found: Found): WayBack | null {
  const { one, execution, schemas } = found;
  if (execution === null || execution.status === "rejected" || !keepsInput(execution)) return null;
  if (!equalJson(execution.input, one.input)) return null;
  if (!equalJson(execution.effects as unknown as Json, one.effects as unknown as Json)) return null;
  const { description, expectedOutput, shouldThrow } = one;
  const masked = maskedOf(found);
  const answer = JSON.stringify(expectedOutput) ?? "";
  const hidden = masked.description !== description || (JSON.stringify(masked.expectedOutput) ?? "") !== answer;
  if (hidden || answer.includes(MASK) || answer.length > MOST_CARRIED) return null;
  if (schemas !== null && expectedOutput !== undefined && !validateJson(schemas.outputSchema, expectedOutput).ok)
    return null;
  if (description.trim() !== description) return null;
  return {
    id: execution.id,
    description,
    ...(expectedOutput === undefined ? {} : { expectedOutput }),
    ...(shouldThrow === undefined ? {} : { shouldThrow }),
    retest: true,
  };
}
