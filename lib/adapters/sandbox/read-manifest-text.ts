/** From the definition as the sandbox wrote it down to a manifest that the product trusts the form of. */
import { checkSchema } from "#lib/core/json-schema.ts";
import { Manifest } from "#lib/core/tool.ts";
import type { InspectResult, Module } from "#lib/ports/sandbox.ts";

/** Checks the form, the name and both schemas; an error is one sentence that says where and what. */
export function readManifestText(module: Pick<Module, "name">, text: string): InspectResult {
  const parsed = Manifest.safeParse(JSON.parse(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue?.path.map(String) ?? [];
    const where = path.length === 0 ? "the definition" : path.join(".");
    return {
      ok: false,
      path,
      error: `The definition is not right at ${where}: ${issue?.message ?? "it is not valid"}`,
    };
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
