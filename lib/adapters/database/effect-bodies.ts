/**
 * Bodies of requests and answers that are long are kept once a tool, however many executions hold them: in the row stands
 * the digest, and reading puts the body back.
 */
import { sha256 } from "#lib/core/json.ts";
import type { Effect } from "#lib/core/tool.ts";

/** Bodies by their digests. */
export type Bodies = Map<string, string>;

/** Shorter ones are not worth a row of their own, in characters. */
const LONG = 4_096;
/** How late a use may be noted, in hours: a body that everybody asks for is not written at every call. */
const NOTED_HOURS = 1;

type Part = "request" | "response";

function bodyOf(effect: Effect, part: Part): unknown {
  const held = effect[part];
  return held !== null && typeof held === "object" && !Array.isArray(held) ? held.body : undefined;
}

function withBody(effect: Effect, part: Part, body: unknown): Effect {
  return { ...effect, [part]: { ...(effect[part] as object), body } };
}

/** The effects as a row has them; long bodies are added to `bodies`. A text that PostgreSQL would change stays in the row. */
export function keepApart(effects: readonly Effect[], bodies: Bodies): readonly Effect[] {
  let kept = effects;
  effects.forEach((effect, at) => {
    if (effect.kind !== "fetch") return;
    for (const part of ["request", "response"] as const) {
      const body = bodyOf(effect, part);
      if (typeof body !== "string" || body.length < LONG || body.includes("\u0000") || !body.isWellFormed()) continue;
      const digest = sha256(body);
      bodies.set(digest, body);
      kept = kept.with(at, withBody(kept[at] as Effect, part, { kept: digest }));
    }
  });
  return kept;
}

/** The effects as they were. */
export function putBack(effects: readonly Effect[], bodies: Readonly<Record<string, string>>): Effect[] {
  return effects.map((effect) => {
    let whole = effect;
    for (const part of ["request", "response"] as const) {
      const body = effect.kind === "fetch" ? bodyOf(effect, part) : undefined;
      if (body === null || typeof body !== "object" || !("kept" in body)) continue;
      const text = bodies[String(body.kept)];
      if (text !== undefined) whole = withBody(whole, part, text);
    }
    return whole;
  });
}

/** A column of a row of executions: the bodies that its effects lack, by their digests. */
export const HELD_BODIES = `CASE WHEN "effects"::text LIKE '%{"kept":"%' THEN (
  SELECT json_object_agg("digest", "body") FROM "EffectBody" WHERE "tool" = "toolName" AND "digest" IN (
    SELECT (regexp_matches("effects"::text, '\\{"kept":"([0-9a-f]{64})"\\}', 'g'))[1])
) END AS "bodies"`;

// In one order, so that two writers of the same bodies wait for each other.
const KEEP = `INSERT INTO "EffectBody" ("tool", "digest", "body")
SELECT DISTINCT ON (1, 2) * FROM unnest($1::text[], $2::text[], $3::text[]) ORDER BY 1, 2
ON CONFLICT ("tool", "digest") DO UPDATE SET "usedAt" = excluded."usedAt"
WHERE "EffectBody"."usedAt" < excluded."usedAt" - interval '${NOTED_HOURS} hours'`;

type Client = { query(text: string, values: unknown[]): Promise<unknown> };

/** Writes bodies, before the rows that need them. */
export async function keepBodies(client: Client, held: readonly { tool: string; bodies: Bodies }[]): Promise<void> {
  const rows = held.flatMap(({ tool, bodies }) => [...bodies].map(([digest, body]) => [tool, digest, body] as const));
  if (rows.length === 0) return;
  await client.query(
    KEEP,
    [0, 1, 2].map((column) => rows.map((row) => row[column])),
  );
}

/** Deletes the bodies that were last used before the oldest execution of their tool. */
export const FORGET_BODIES = `DELETE FROM "EffectBody" b WHERE b."usedAt" < $1::timestamptz - interval '${2 * NOTED_HOURS} hours'
  AND NOT EXISTS (SELECT 1 FROM "Execution" e WHERE e."toolName" = b."tool" AND e."startedAt" <= b."usedAt" + interval '${2 * NOTED_HOURS} hours')`;
