/** Where a rejected input broke the schema of the version that it was meant for. */
import type { Execution } from "#lib/core/execution.ts";
import type { SchemaError } from "#lib/core/json-schema.ts";
import { inputErrors } from "#lib/core/outcome.ts";
import type { Database } from "#lib/ports/database.ts";
import { findVersion } from "./find-or-refuse.ts";

/** Each place, by its JSON pointer; none where the call was not rejected. */
export async function readInputFaults(
  database: Database,
  { tool, version, input, status }: Pick<Execution, "tool" | "version" | "input" | "status">,
): Promise<SchemaError[]> {
  if (status !== "rejected") return [];
  const { manifest } = await findVersion(database, tool, version);
  return inputErrors(manifest, input);
}
