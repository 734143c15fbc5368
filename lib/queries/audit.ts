/** The append-only record of everything that a person or machine decided. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { ToolName } from "#lib/core/tool.ts";
import { AuditEntry } from "#lib/core/version.ts";
import { PageInput, pageOf } from "./page.ts";

export const AuditPage = pageOf(AuditEntry);
export type AuditPage = z.infer<typeof AuditPage>;

export const ListAudit = z.strictObject({
  tool: ToolName.optional(),
  verb: z.string().max(100).optional().describe("For example proposal.approved"),
  subject: z.string().max(200).optional().describe("Id of what was decided on"),
  ...PageInput,
});

/** Audit rows, newest first. */
export async function listAudit(ctx: Context, params: z.output<typeof ListAudit>): Promise<AuditPage> {
  return ctx.database.audit.list(
    { tool: params.tool, verb: params.verb, subjectId: params.subject },
    { cursor: params.cursor, limit: params.limit },
  );
}
