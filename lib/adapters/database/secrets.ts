/** Secrets of tools. Only `read` gives a value away, and only the broker asks it. */
import type { Clock } from "#lib/ports/clock.ts";
import type { SecretRepository } from "#lib/ports/database.ts";
import { storable, type Writer } from "./prisma-client.ts";

export function createSecretRepository(db: Writer, clock: Clock): SecretRepository {
  return {
    async list() {
      return db.secret.findMany({ select: { name: true, setAt: true }, orderBy: { name: "asc" } });
    },
    async read(name) {
      return (await db.secret.findUnique({ where: { name } }))?.value;
    },
    async set(name, value) {
      const row = { value: storable(value), setAt: clock.now() };
      await db.secret.upsert({ where: { name }, create: { name, ...row }, update: row });
    },
    async delete(name) {
      return (await db.secret.deleteMany({ where: { name } })).count > 0;
    },
  };
}
