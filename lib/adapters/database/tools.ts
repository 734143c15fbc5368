/** Tools and their versions. */
import { Actor } from "#lib/core/actor.ts";
import { sha256 } from "#lib/core/json.ts";
import { Problem } from "#lib/core/problem.ts";
import { Manifest } from "#lib/core/tool.ts";
import { type Tool, ToolSettings, type Version } from "#lib/core/version.ts";
import type { ToolRepository, VersionRepository } from "#lib/ports/database.ts";
import type { Tool as ToolRowType, Version as VersionRowType } from "./generated/client.ts";
import { isDuplicate, json, jsonbText, storable, type Writer } from "./prisma-client.ts";

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

export function createToolRepository(db: Writer): ToolRepository {
  return {
    async list() {
      return (await db.tool.findMany({ orderBy: { key: "asc" } })).map(toolOf);
    },
    async find(name) {
      const row = await db.tool.findUnique({ where: { name } });
      return row === null ? null : toolOf(row);
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
    async setActive(name, from, to) {
      const { count } = await db.tool.updateMany({ where: { name, activeVersion: from }, data: { activeVersion: to } });
      return count === 1;
    },
    async setSettings(name, settings) {
      await db.tool.update({ where: { name }, data: { settings: json(settings) } });
    },
    async lock(name) {
      await db.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`tool ${name}`}, 0))) AS held`;
    },
  };
}

export function createVersionRepository(db: Writer): VersionRepository {
  async function findByHash(tool: string, hash: string): Promise<Version | null> {
    const row = await db.version.findUnique({ where: { toolName_hash: { toolName: tool, hash } } });
    return row === null ? null : versionOf(row);
  }
  return {
    async add(version) {
      refuseUnstorable(version.source);
      const hash = sha256(version.source);
      // The lock keeps two writers from the same number; one statement numbers and inserts, a known source apart.
      await db.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`version ${version.tool}`}, 0))) AS held`;
      const [row] = await db.$queryRaw<VersionRowType[]>`
        INSERT INTO "Version" ("toolName", "number", "hash", "source", "manifest", "author", "reason", "origin",
          "proposalId", "parents")
        SELECT ${version.tool}, coalesce(max("number"), 0) + 1, ${hash}, ${version.source},
          ${jsonbText(version.manifest)}::json, ${jsonbText(version.author)}::jsonb, ${storable(version.reason)},
          ${version.origin}::"VersionOrigin", ${version.proposalId ?? null}::uuid, ${version.parents}::int[]
        FROM "Version" WHERE "toolName" = ${version.tool}
        ON CONFLICT ("toolName", "hash") DO NOTHING RETURNING *`;
      if (row !== undefined) return versionOf(row);
      const known = await findByHash(version.tool, hash);
      if (known === null) throw new Error(`version ${hash} of ${version.tool} is neither new nor known`);
      return known;
    },
    async find(tool, number) {
      const row = await db.version.findUnique({ where: { toolName_number: { toolName: tool, number } } });
      return row === null ? null : versionOf(row);
    },
    findByHash,
    hashes(tool) {
      return db.version.findMany({
        where: { toolName: tool },
        orderBy: { number: "desc" },
        select: { number: true, hash: true },
      });
    },
    async list(tool) {
      return (await db.version.findMany({ where: { toolName: tool }, orderBy: { number: "desc" } })).map(versionOf);
    },
  };
}
