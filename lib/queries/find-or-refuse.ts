/** Rows that a request names: found, or refused with what to do. */
import type { Deployment } from "#lib/core/deployment.ts";
import type { Execution } from "#lib/core/execution.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { Problem, withoutStop } from "#lib/core/problem.ts";
import type { Proposal } from "#lib/core/proposal.ts";
import { ToolName } from "#lib/core/tool.ts";
import type { Job, Tool, Version } from "#lib/core/version.ts";
import type { Database } from "#lib/ports/database.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text may be the id of a row; others never reach the database. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

function missing(what: string, name: string, list: string): Problem {
  return new Problem("not_found", `There is no ${what} "${name}": ${list} lists what there is.`);
}

export async function findTool(database: Database, name: string): Promise<Tool> {
  const tool = ToolName.safeParse(name).success ? await database.tools.find(name) : null;
  if (tool === null) throw missing("tool", name, "GET /api/v1/tools");
  return tool;
}

/** The version that answers the tool's calls. */
export async function findActiveVersion(database: Database, tool: Tool): Promise<Version> {
  const version = tool.activeVersion === null ? null : await database.versions.find(tool.name, tool.activeVersion);
  if (version === null)
    throw new Problem(
      "conflict",
      `${tool.name} has no version that answers calls: ${withoutStop(tool.loadError ?? "its file never loaded")}. Repair tools/${tool.name}.ts first.`,
    );
  return version;
}

export async function findVersion(database: Database, tool: string, number: number): Promise<Version> {
  const version = await database.versions.find(tool, number);
  if (version === null)
    throw new Problem("not_found", `${tool} has no version ${number}: GET /api/v1/tools/${tool}/versions lists them.`);
  return version;
}

export async function findExecution(database: Database, id: string): Promise<Execution> {
  const execution = isId(id) ? await database.executions.find(id) : null;
  if (execution === null) throw missing("execution", id, "GET /api/v1/executions");
  return execution;
}

export async function findOpportunity(database: Database, id: string): Promise<Opportunity> {
  const opportunity = isId(id) ? await database.opportunities.find(id) : null;
  if (opportunity === null) throw missing("opportunity", id, "GET /api/v1/opportunities");
  return opportunity;
}

/** A proposal by its id, or by the short number that people use. */
export async function findProposal(database: Database, id: string): Promise<Proposal> {
  let proposal: Proposal | null = null;
  if (isId(id)) proposal = await database.proposals.find(id);
  else if (/^[1-9]\d{0,8}$/.test(id)) proposal = await database.proposals.findByNumber(Number(id));
  if (proposal === null) throw missing("proposal", id, "GET /api/v1/proposals");
  return proposal;
}

export async function findDeployment(database: Database, id: string): Promise<Deployment> {
  const deployment = isId(id) ? await database.deployments.find(id) : null;
  if (deployment === null)
    throw new Problem("not_found", `There is no deployment "${id}": a deployed proposal names its own.`);
  return deployment;
}

export async function findJob(database: Database, id: string): Promise<Job> {
  const job = isId(id) ? await database.jobs.find(id) : null;
  if (job === null) throw missing("job", id, "GET /api/v1/jobs");
  return job;
}
