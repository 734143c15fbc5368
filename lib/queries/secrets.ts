/** Secrets of tools by name: where each comes from and which tools declare it. Never a value. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";

export const SecretRow = z.object({
  name: z.string(),
  /** The environment stands above the settings; missing: a tool declares it and nobody set it. */
  source: z.enum(["environment", "settings", "missing"]),
  setAt: z.date().nullable(),
  tools: z.array(z.string()),
});
export type SecretRow = z.infer<typeof SecretRow>;

export const SecretPage = z.object({ items: z.array(SecretRow) });
export type SecretPage = z.infer<typeof SecretPage>;

export const ListSecrets = z.strictObject({});

/** All that are set or declared, by name. */
export async function listSecrets({ database, environment }: Context): Promise<SecretPage> {
  const [stored, tools] = await Promise.all([database.secrets.list(), database.tools.list()]);
  const declared = new Map<string, string[]>();
  await Promise.all(
    tools.map(async ({ name, activeVersion }) => {
      const version = activeVersion === null ? null : await database.versions.find(name, activeVersion);
      for (const secret of version?.manifest.permissions.secrets ?? [])
        declared.set(secret, [...(declared.get(secret) ?? []), name].sort());
    }),
  );
  const setAt = new Map(stored.map((row) => [row.name, row.setAt]));
  const inEnvironment = new Set(environment.secretNames ?? []);
  const names = new Set([...setAt.keys(), ...declared.keys(), ...inEnvironment]);
  return {
    items: [...names].sort().map((name) => ({
      name,
      source: inEnvironment.has(name) ? "environment" : setAt.has(name) ? "settings" : "missing",
      setAt: setAt.get(name) ?? null,
      tools: declared.get(name) ?? [],
    })),
  };
}
