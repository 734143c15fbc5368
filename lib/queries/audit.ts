/** The append-only record of everything that a person or machine decided. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { ToolName } from "#lib/core/tool.ts";
import { AuditEntry } from "#lib/core/version.ts";
import { Instant, PageInput, pageOf } from "./page.ts";

export const AuditPage = pageOf(AuditEntry);
export type AuditPage = z.infer<typeof AuditPage>;

export const ListAudit = z.strictObject({
  tool: ToolName.optional(),
  verb: z.string().max(100).optional().describe("For example proposal.approved; proposal alone takes all its verbs"),
  subject: z.string().max(200).optional().describe("Id of what was decided on"),
  actor: z.string().max(200).optional().describe("Name of a person, key or part of the machine"),
  since: Instant.optional().describe("At or after, ISO 8601 with zone"),
  until: Instant.optional().describe("Before, ISO 8601 with zone"),
  ...PageInput,
});

/** Audit rows, newest first. */
export async function listAudit(ctx: Context, params: z.output<typeof ListAudit>): Promise<AuditPage> {
  const { tool, verb, subject, actor, since, until, cursor, limit } = params;
  return ctx.database.audit.list({ tool, verb, subjectId: subject, actor, since, until }, { cursor, limit });
}
