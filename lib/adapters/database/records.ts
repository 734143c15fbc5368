/** Audit, settings, keys and values, access: the smaller repositories. */
import { Actor } from "#lib/core/actor.ts";
import type { Json } from "#lib/core/json.ts";
import { type AuditEntry, Settings } from "#lib/core/version.ts";
import { Scope } from "#lib/core/words.ts";
import type { Clock } from "#lib/ports/clock.ts";
import type {
  AccessKey,
  AccessRepository,
  AuditRepository,
  KeyValueRepository,
  SettingsRepository,
} from "#lib/ports/database.ts";
import type { Asking } from "./asking.ts";
import { limitOf, pageOfRows, readCursor } from "./cursor.ts";
import type { AccessKey as AccessKeyRow, AuditEntry as AuditRow } from "./generated/client.ts";
import { isId, json, jsonbText, storable, type Writer } from "./prisma-client.ts";

function auditOf(row: AuditRow): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    actor: Actor.parse(row.actor),
    verb: row.verb,
    tool: row.toolName,
    subject: { kind: row.subjectKind, id: row.subjectId },
    summary: row.summary,
  };
}

export function createAuditRepository(db: Writer, { send }: Asking, clock: Clock): AuditRepository {
  return {
    async append(entry) {
      const { actor, verb, tool, subject, summary } = entry;
      await send(
        `INSERT INTO "AuditEntry" ("id", "at", "actor", "verb", "toolName", "subjectKind", "subjectId", "summary")
        VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7, $8)`,
        [clock.id(), clock.now(), jsonbText(actor), verb, tool, subject.kind, subject.id, storable(summary)],
      );
    },
    async list(filter, page) {
      const limit = limitOf(page);
      const cursor = readCursor(page.cursor, "id");
      const rows = await db.auditEntry.findMany({
        where: {
          ...(filter.tool === undefined ? {} : { toolName: filter.tool }),
          ...(filter.verb === undefined
            ? {}
            : { verb: filter.verb.includes(".") ? filter.verb : { startsWith: `${filter.verb}.` } }),
          ...(filter.actor === undefined ? {} : { actor: { path: ["name"], equals: filter.actor } }),
          ...(filter.since === undefined && filter.until === undefined
            ? {}
            : {
                at: {
                  ...(filter.since === undefined ? {} : { gte: filter.since }),
                  ...(filter.until === undefined ? {} : { lt: filter.until }),
                },
              }),
          ...(filter.subjectId === undefined ? {} : { subjectId: filter.subjectId }),
          ...(cursor === null ? {} : { id: { lt: cursor.id } }),
        },
        orderBy: { id: "desc" },
        take: limit + 1,
      });
      return pageOfRows(rows, limit, (row) => [row.id, row.id], auditOf);
    },
  };
}

export function createSettingsRepository(db: Writer, { query, send }: Asking): SettingsRepository {
  async function get(): Promise<Settings> {
    const [row] = await query<{ value: unknown }>(`SELECT "value" FROM "Settings" WHERE "id" = 1`, []);
    return Settings.parse(row?.value ?? {});
  }
  return {
    get,
    async set(change) {
      await send(`SELECT pg_advisory_xact_lock(hashtextextended('settings', 0))`, []);
      const now = await get();
      const next = Settings.parse({ ...now, ...(typeof change === "function" ? change(now) : change) });
      await db.settings.upsert({
        where: { id: 1 },
        create: { id: 1, value: json(next) },
        update: { value: json(next) },
      });
      return next;
    },
  };
}

export function createKeyValueRepository(db: Writer): KeyValueRepository {
  return {
    async get(tool, key) {
      const row = await db.keyValue.findUnique({ where: { toolName_key: { toolName: tool, key } } });
      return row === null ? undefined : (row.value as Json);
    },
    async set(tool, key, value) {
      await db.$executeRaw`INSERT INTO "KeyValue" ("toolName", "key", "value") VALUES (${tool}, ${storable(key)}, ${JSON.stringify(value)}::json)
        ON CONFLICT ("toolName", "key") DO UPDATE SET "value" = excluded."value"`;
    },
    async delete(tool, key) {
      await db.keyValue.deleteMany({ where: { toolName: tool, key } });
    },
  };
}

function keyOf(row: AccessKeyRow): AccessKey {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind === "person" ? "person" : "key",
    // A scope of another Whetstone's time grants nothing here.
    scopes: row.scopes.flatMap((scope) => Scope.safeParse(scope).data ?? []),
    createdAt: row.createdAt,
    revokedAt: row.revokedAt,
  };
}

export function createAccessRepository(db: Writer, clock: Clock): AccessRepository {
  return {
    async createKey(key) {
      return keyOf(await db.accessKey.create({ data: { id: clock.id(), ...key } }));
    },
    async findKeyByHash(secretHash) {
      const row = await db.accessKey.findUnique({ where: { secretHash } });
      return row === null || row.revokedAt !== null ? null : keyOf(row);
    },
    async listKeys() {
      return (await db.accessKey.findMany({ orderBy: { id: "desc" } })).map(keyOf);
    },
    async revokeKey(id) {
      if (!isId(id)) return;
      await db.accessKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: clock.now() } });
      await db.session.deleteMany({ where: { keyId: id } });
      await db.signIn.deleteMany({ where: { keyId: id } });
    },
    async createSignIn(token) {
      await db.signIn.create({ data: token });
    },
    async takeSignIn(hash, now) {
      const { count } = await db.signIn.updateMany({
        where: { hash, usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
      });
      if (count === 0) return null;
      const row = await db.signIn.findUnique({ where: { hash }, include: { key: true } });
      return row === null || row.key.revokedAt !== null ? null : keyOf(row.key);
    },
    async createSession(session) {
      await db.session.deleteMany({ where: { expiresAt: { lt: clock.now() } } });
      await db.session.create({ data: session });
    },
    async findSession(hash, now) {
      const row = await db.session.findUnique({ where: { hash }, include: { key: true } });
      if (row === null || row.expiresAt <= now || row.key.revokedAt !== null) return null;
      return keyOf(row.key);
    },
    async deleteSession(hash) {
      await db.session.deleteMany({ where: { hash } });
    },
  };
}
