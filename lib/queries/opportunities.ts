/** Opportunities as the API shows them. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { Opportunity } from "#lib/core/opportunity.ts";
import { ToolName } from "#lib/core/tool.ts";
import { OpportunityState } from "#lib/core/words.ts";
import { findOpportunity } from "./find-or-refuse.ts";
import { maskOpportunity } from "./masked.ts";
import { PageInput, pageOf } from "./page.ts";

export const OpportunityPage = pageOf(Opportunity);
export type OpportunityPage = z.infer<typeof OpportunityPage>;

export const ListOpportunities = z.strictObject({
  tool: ToolName.optional(),
  state: OpportunityState.optional(),
  ...PageInput,
});

/** Opportunities, the most pressing first. */
export async function listOpportunities(
  ctx: Context,
  params: z.output<typeof ListOpportunities>,
): Promise<OpportunityPage> {
  const page = await ctx.database.opportunities.list(
    { tool: params.tool, state: params.state },
    { cursor: params.cursor, limit: params.limit },
  );
  return { ...page, items: await Promise.all(page.items.map((one) => maskOpportunity(ctx.database, one))) };
}

export const ShowOpportunity = z.object({ id: z.string().describe("Id of an opportunity") });

/** One opportunity with its clusters and findings. */
export async function showOpportunity(ctx: Context, params: z.output<typeof ShowOpportunity>): Promise<Opportunity> {
  return maskOpportunity(ctx.database, await findOpportunity(ctx.database, params.id));
}
