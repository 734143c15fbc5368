/** Tools and their versions. */
import { Actor } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import { Manifest } from "#lib/core/tool.ts";
import { type Tool, ToolSettings, type Version } from "#lib/core/version.ts";
import type { ToolRepository, VersionRepository } from "#lib/ports/database.ts";
import type { Asking } from "./asking.ts";
import type { Tool as ToolRowType, Version as VersionRowType } from "./generated/client.ts";
import { isDuplicate, isId, json, jsonbText, storable, type Writer } from "./prisma-client.ts";

function toolOf(row: ToolRowType): Tool {
  return {
    name: row.name,
    kind: row.kind,
    activeVersion: row.activeVersion,
    loadError: row.loadError,
    settings: ToolSettings.catch({}).parse(row.settings),
    createdAt: row.createdAt,
  };
}

function versionOf(row: VersionRowType): Version {
  return {
    tool: row.toolName,
    number: row.number,
    hash: row.hash,
    source: row.source,
    manifest: Manifest.parse(row.manifest),
    author: Actor.parse(row.author),
    reason: row.reason,
    origin: row.origin,
    ...(row.proposalId === null ? {} : { proposalId: row.proposalId }),
    parents: row.parents,
    createdAt: row.createdAt,
  };
}

/** A source is kept as it is or not at all: its digest is its identity. */
export function refuseUnstorable(source: string): void {
  if (storable(source) !== source)
    throw new Problem(
      "invalid_input",
      "The source holds a NUL character or half of a surrogate pair: write it as an escape, such as \\u0000.",
    );
}

export function createToolRepository(db: Writer, { query }: Asking): ToolRepository {
  return {
    async list() {
      return (await db.tool.findMany({ orderBy: { key: "asc" } })).map(toolOf);
    },
    async find(name) {
      const [row] = await query<ToolRowType>(`SELECT * FROM "Tool" WHERE "name" = $1`, [name]);
      return row === undefined ? null : toolOf(row);
    },
    async findOfProposal(id) {
      const sql = `SELECT t.* FROM "Tool" t JOIN "Proposal" p ON p."toolName" = t."name" WHERE p."id" = $1`;
      const [row] = isId(id) ? await query<ToolRowType>(sql, [id]) : [];
      return row === undefined ? null : toolOf(row);
    },
    async upsert({ name, loadError }) {
      try {
        const row = await db.tool.upsert({
          where: { name },
          create: { name, key: name.toLowerCase(), loadError },
          update: { loadError },
        });
        return toolOf(row);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        throw new Problem(
          "conflict",
          `There is already a tool named ${name} but for upper and lower case: rename one.`,
        );
      }
    },
    async setLoadError(name, loadError) {
      await db.tool.updateMany({ where: { name }, data: { loadError } });
    },
    async removeUnborn(name) {
      const sql = `DELETE FROM "Tool" t WHERE t."name" = $1 AND t."kind" = 'hosted' AND t."activeVersion" IS NULL
        AND NOT EXISTS (SELECT 1 FROM "Version" v WHERE v."toolName" = t."name") RETURNING t."name"`;
      return (await query(sql, [name])).length === 1;
    },
    async setActive(name, from, to) {
      const sql = `UPDATE "Tool" SET "activeVersion" = $3
        WHERE "name" = $1 AND "activeVersion" IS NOT DISTINCT FROM $2::int RETURNING "name"`;
      return (await query(sql, [name, from, to])).length === 1;
    },
    async setSettings(name, settings) {
      await db.tool.update({ where: { name }, data: { settings: json(settings) } });
    },
    async lock(name) {
      await query(`SELECT pg_advisory_xact_lock(hashtextextended('tool ' || $1, 0))`, [name]);
    },
    async lockOfProposal(id) {
      const sql = `SELECT pg_advisory_xact_lock(hashtextextended('tool ' || "toolName", 0)) FROM "Proposal" WHERE "id" = $1`;
      if (isId(id)) await query(sql, [id]);
    },
  };
}

export function createVersionRepository(db: Writer, { query, send }: Asking): VersionRepository {
  async function findByHash(tool: string, hash: string): Promise<Version | null> {
    const sql = `SELECT * FROM "Version" WHERE "toolName" = $1 AND "hash" = $2`;
    const [row] = await query<VersionRowType>(sql, [tool, hash]);
    return row === undefined ? null : versionOf(row);
  }
  return {
    async add(version) {
      refuseUnstorable(version.source);
      const hash = sha256(version.source);
      // The lock keeps two writers from the same number; one statement numbers and inserts, a known source apart.
      await send(`SELECT pg_advisory_xact_lock(hashtextextended('version ' || $1, 0))`, [version.tool]);
      const [row] = await query<VersionRowType>(
        `INSERT INTO "Version" ("toolName", "number", "hash", "source", "manifest", "author", "reason", "origin",
          "proposalId", "parents")
        SELECT $1, coalesce(max("number"), 0) + 1, $2, $3, $4::json, $5::jsonb, $6, $7::"VersionOrigin", $8::uuid,
          $9::int[]
        FROM "Version" WHERE "toolName" = $1 ON CONFLICT ("toolName", "hash") DO NOTHING RETURNING *`,
        [
          ...[version.tool, hash, version.source, jsonbText(version.manifest), jsonbText(version.author)],
          ...[storable(version.reason), version.origin, version.proposalId ?? null, version.parents],
        ],
      );
      if (row !== undefined) return versionOf(row);
      const known = await findByHash(version.tool, hash);
      if (known === null) throw new Error(`version ${hash} of ${version.tool} is neither new nor known`);
      return known;
    },
    async find(tool, number) {
      const sql = `SELECT * FROM "Version" WHERE "toolName" = $1 AND "number" = $2`;
      const [row] = await query<VersionRowType>(sql, [tool, number]);
      return row === undefined ? null : versionOf(row);
    },
    async findActive(tool) {
      const sql = `SELECT v.* FROM "Version" v
        JOIN "Tool" t ON t."name" = v."toolName" AND t."activeVersion" = v."number" WHERE t."name" = $1`;
      const [row] = await query<VersionRowType>(sql, [tool]);
      return row === undefined ? null : versionOf(row);
    },
    async findBaseOf(proposalId) {
      const sql = `SELECT v.* FROM "Version" v
        JOIN "Proposal" p ON p."toolName" = v."toolName" AND p."baseVersion" = v."number" WHERE p."id" = $1`;
      const [row] = isId(proposalId) ? await query<VersionRowType>(sql, [proposalId]) : [];
      return row === undefined ? null : versionOf(row);
    },
    findByHash,
    async active(tools) {
      const sql = `SELECT v.* FROM "Version" v
        JOIN "Tool" t ON t."name" = v."toolName" AND t."activeVersion" = v."number" WHERE t."name" = ANY($1::text[])`;
      return (await query<VersionRowType>(sql, [tools])).map(versionOf);
    },
    async heads(tools) {
      const rows = await db.version.findMany({
        where: { toolName: { in: [...tools] } },
        orderBy: [{ toolName: "asc" }, { number: "desc" }],
        select: { toolName: true, number: true, hash: true, origin: true, proposalId: true },
      });
      return rows.map(({ toolName, proposalId, ...head }) => ({
        tool: toolName,
        ...head,
        ...(proposalId === null ? {} : { proposalId }),
      }));
    },
    hashes: (tool) =>
      query(`SELECT "number", "hash" FROM "Version" WHERE "toolName" = $1 ORDER BY "number" DESC`, [tool]),
    async list(tool) {
      return (await db.version.findMany({ where: { toolName: tool }, orderBy: { number: "desc" } })).map(versionOf);
    },
  };
}
