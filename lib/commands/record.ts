/** How a command changes something: one transaction with the change, its audit row and the event that pages follow. */
import type { AuditEntry } from "#lib/core/version.ts";
import type { Database, ServerEvent } from "#lib/ports/database.ts";
import type { Context } from "./command.ts";

export type Recorded<T> = {
  readonly answer: T;
  readonly audit: Omit<AuditEntry, "id" | "at" | "actor">;
  /** What changed besides the audit itself. */
  readonly events?: readonly ServerEvent[];
};

/**
 * Does the work in one transaction and writes down who did it.
 * @param work reads and writes through the database it is given; a Problem undoes everything
 */
export async function record<T>(ctx: Context, work: (database: Database) => Promise<Recorded<T>>): Promise<T> {
  return ctx.database.transaction(async (database) => {
    const { answer, audit, events } = await work(database);
    await database.audit.append({ ...audit, actor: ctx.caller.actor });
    for (const event of events ?? []) await database.publish(event);
    await database.publish({
      kind: "activity",
      id: audit.subject.id,
      ...(audit.tool === null ? {} : { tool: audit.tool }),
    });
    return answer;
  });
}
