/** Versions of a tool as the API shows them, and what changed between two. */
import { z } from "zod";
import type { Context } from "#lib/commands/command.ts";
import { Actor } from "#lib/core/actor.ts";
import { blame } from "#lib/core/blame.ts";
import { Problem } from "#lib/core/problem.ts";
import { Manifest, ToolName } from "#lib/core/tool.ts";
import { Version } from "#lib/core/version.ts";
import { committedVersions, versionsWithAuthors } from "./committed-versions.ts";
import { findTool, findVersion } from "./find-or-refuse.ts";
import { sourceDiff } from "./source-diff.ts";

export const VersionRow = z.object({
  number: z.number().int(),
  hash: z.string(),
  author: Actor,
  reason: z.string(),
  createdAt: z.date(),
  active: z.boolean(),
  origin: Version.shape.origin,
  proposalId: z.string().nullable(),
  parents: z.array(z.number().int()),
});
export type VersionRow = z.infer<typeof VersionRow>;

export const VersionDetail = VersionRow.extend({ tool: z.string(), source: z.string(), manifest: Manifest });
export type VersionDetail = z.infer<typeof VersionDetail>;

export const VersionPage = z.object({ items: z.array(VersionRow), nextCursor: z.string().optional() });
export type VersionPage = z.infer<typeof VersionPage>;

function rowOf(version: Version, active: number | null): VersionRow {
  const { number, hash, author, reason, createdAt, origin, parents } = version;
  return {
    number,
    hash,
    author,
    reason,
    createdAt,
    active: number === active,
    origin,
    proposalId: version.proposalId ?? null,
    parents,
  };
}

export const ListVersions = z.object({
  name: ToolName,
  limit: z.coerce.number().int().min(1).max(10_000).optional().describe("All of them, when left out"),
  cursor: z.coerce
    .number("is not one that this list gave: leave it out to begin at the newest")
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe("The nextCursor of the page before"),
});

/** Versions of a tool, newest first; all of them, as long as nobody asks for pages. */
export async function listVersions(ctx: Context, params: z.output<typeof ListVersions>): Promise<VersionPage> {
  const tool = await findTool(ctx.database, params.name);
  const { limit = Number.POSITIVE_INFINITY, cursor = Number.POSITIVE_INFINITY } = params;
  const rest = (await versionsWithAuthors(ctx.database, tool.name)).filter(({ number }) => number < cursor);
  const items = rest.slice(0, limit).map((version) => rowOf(version, tool.activeVersion));
  const last = items.at(-1);
  return { items, ...(last !== undefined && rest.length > items.length && { nextCursor: String(last.number) }) };
}

const VersionNumber = z.coerce.number("takes a version number").int().min(1).max(2_147_483_647);

export const ShowVersion = z.object({ name: ToolName, number: VersionNumber });

/** One version with its source. */
export async function showVersion(ctx: Context, params: z.output<typeof ShowVersion>): Promise<VersionDetail> {
  const tool = await findTool(ctx.database, params.name);
  const version = await findVersion(ctx.database, tool.name, params.number);
  const committed = await committedVersions(ctx.database, tool.name);
  return {
    ...rowOf({ ...version, ...committed.get(version.number) }, tool.activeVersion),
    tool: tool.name,
    source: version.source,
    manifest: version.manifest,
  };
}

export const BlameView = z.object({
  tool: z.string(),
  number: z.number().int(),
  lines: z.array(
    z.object({ line: z.number().int(), text: z.string(), version: z.number().int().describe("Which brought it in") }),
  ),
  /** The versions that lines come from, with who made them and why. */
  versions: z.array(VersionRow),
});
export type BlameView = z.infer<typeof BlameView>;

/** Each line of a version with the version, and so the proposal, that it comes from. */
export async function showBlame(ctx: Context, params: z.output<typeof ShowVersion>): Promise<BlameView> {
  const tool = await findTool(ctx.database, params.name);
  const { number } = await findVersion(ctx.database, tool.name, params.number);
  const versions = await versionsWithAuthors(ctx.database, tool.name);
  const lines = blame(versions, number);
  const named = new Set(lines.map(({ version }) => version));
  return {
    tool: tool.name,
    number,
    lines,
    versions: versions.filter((one) => named.has(one.number)).map((one) => rowOf(one, tool.activeVersion)),
  };
}

export const ShowDiff = z.strictObject({
  name: ToolName,
  from: VersionNumber.optional().describe("The version before `to`, when left out"),
  to: VersionNumber.optional().describe("The active version, when left out"),
});

export const DiffView = z.object({
  tool: z.string(),
  from: z.number().int(),
  to: z.number().int(),
  diff: z.string().describe("Unified diff; empty where the sources are equal"),
});
export type DiffView = z.infer<typeof DiffView>;

/** The unified diff between two versions of a tool. */
export async function showDiff(ctx: Context, params: z.output<typeof ShowDiff>): Promise<DiffView> {
  const tool = await findTool(ctx.database, params.name);
  const to = params.to ?? tool.activeVersion;
  if (to === null) throw new Problem("conflict", `${tool.name} has no active version: say which two with from and to.`);
  const newer = await findVersion(ctx.database, tool.name, to);
  const from = params.from ?? newer.parents[0] ?? to;
  const older = await findVersion(ctx.database, tool.name, from);
  return { tool: tool.name, from, to, diff: sourceDiff(tool.name, older.source, newer.source) };
}
