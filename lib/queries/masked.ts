/** What schemas mark `x-sensitive` is hidden wherever others than the caller see it: pages, the API, exports, the terminal. */
import type { Execution } from "#lib/core/execution.ts";
import type { Opportunity } from "#lib/core/opportunity.ts";
import { marksSensitive, maskExecution, maskSensitive, type Schemas, scrub, scrubJson } from "#lib/core/sensitive.ts";
import type { Database } from "#lib/ports/database.ts";

/** The schemas of the version that ran; of the active one where that one is not known here, as for imported calls. */
export async function schemasOf(database: Database, tool: string, version?: number): Promise<Schemas | null> {
  const ran = version === undefined ? null : await database.versions.find(tool, version);
  if (ran !== null) return ran.manifest;
  const active = (await database.tools.find(tool))?.activeVersion ?? null;
  return active === null ? null : ((await database.versions.find(tool, active))?.manifest ?? null);
}

/** Executions as a page may show them; each version is read once. */
export async function maskExecutions<T extends Pick<Execution, "tool" | "version" | "input">>(
  database: Database,
  executions: readonly T[],
): Promise<T[]> {
  const known = new Map<string, Promise<Schemas | null>>();
  return Promise.all(
    executions.map(async (execution) => {
      const { tool, version } = execution;
      const key = `${tool} ${version}`;
      const schemas = known.get(key) ?? schemasOf(database, tool, version);
      known.set(key, schemas);
      const found = await schemas;
      return found === null ? execution : maskExecution(found, execution);
    }),
  );
}

/** Opportunities as a page may show them: their clusters hold inputs. */
export async function maskOpportunity(database: Database, opportunity: Opportunity): Promise<Opportunity> {
  const schemas = await schemasOf(database, opportunity.tool, opportunity.statistics.version);
  if (schemas === null || !marksSensitive(schemas)) return opportunity;
  const found = new Set<string>();
  const inputs = opportunity.clusters.map(({ smallestInput }) =>
    maskSensitive(smallestInput, schemas.inputSchema, found),
  );
  return {
    ...opportunity,
    reason: scrub(opportunity.reason, found),
    findings: opportunity.findings.map((finding) => scrub(finding, found)),
    clusters: opportunity.clusters.map((cluster, at) => ({
      ...cluster,
      message: scrub(cluster.message, found),
      smallestInput: scrubJson(inputs[at] ?? null, found),
    })),
  };
}
