/** From the definition as the sandbox wrote it down to a manifest that the product trusts the form of. */
import { checkSchema } from "#lib/core/json-schema.ts";
import { Manifest } from "#lib/core/tool.ts";
import type { InspectResult, Module } from "#lib/ports/sandbox.ts";

const MOST_TOLD = 5;

/** Checks the form, the name and both schemas; an error is one sentence that says all that is wrong, and where. */
export function readManifestText(module: Pick<Module, "name">, text: string): InspectResult {
  const parsed = Manifest.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const { issues } = parsed.error;
    const told = issues.map(({ path, message }) => {
      const where = path.length === 0 ? "the definition" : path.join(".");
      return `${where}: ${message.endsWith("received undefined") ? "it is missing" : message}`;
    });
    const rest = told.length - MOST_TOLD;
    const error = `The definition is not right at ${told.slice(0, MOST_TOLD).join("; ")}${rest > 0 ? `; and ${rest} more` : ""}`;
    return { ok: false, path: issues[0]?.path.map(String) ?? [], error };
  }
  const manifest = parsed.data;
  if (manifest.name !== module.name) {
    const error = `It is named "${manifest.name}", but its file is ${module.name}.ts: both must be the same`;
    return { ok: false, path: ["name"], error };
  }
  for (const which of ["inputSchema", "outputSchema"] as const) {
    const check = checkSchema(manifest[which]);
    if (!check.ok) return { ok: false, path: [which], error: `The ${which} is no JSON Schema: ${check.message}` };
  }
  return { ok: true, manifest };
}
