/** What may be looked at: every GET of the contract. */
import { Opportunity } from "#lib/core/opportunity.ts";
import { Job } from "#lib/core/version.ts";
import { AuditPage, ListAudit, listAudit } from "#lib/queries/audit.ts";
import {
  DeploymentPage,
  DeploymentView,
  ListDeployments,
  listDeployments,
  ShowDeployment,
  showDeployment,
} from "#lib/queries/deployments.ts";
import {
  ExecutionDetail,
  ExecutionPage,
  ListExecutions,
  listExecutions,
  ShowExecution,
  showExecution,
} from "#lib/queries/executions.ts";
import { JobPage, ListJobs, listJobs, ShowJob, showJob } from "#lib/queries/jobs.ts";
import { KeyPage, ListKeys, listKeys } from "#lib/queries/keys.ts";
import {
  ListOpportunities,
  listOpportunities,
  OpportunityPage,
  ShowOpportunity,
  showOpportunity,
} from "#lib/queries/opportunities.ts";
import {
  ListProposals,
  listProposals,
  ProposalDetail,
  ProposalPage,
  ShowProposal,
  showProposal,
} from "#lib/queries/proposals.ts";
import { ListSecrets, listSecrets, SecretPage } from "#lib/queries/secrets.ts";
import { SettingsView, ShowSettings, ShowToolSettings, showSettings } from "#lib/queries/settings.ts";
import { ListSync, listSync, SyncPage } from "#lib/queries/sync.ts";
import { ListTools, listTools, ShowTool, showTool, ToolDetail, ToolPage } from "#lib/queries/tools.ts";
import {
  BlameView,
  DiffView,
  ListVersions,
  listVersions,
  ShowDiff,
  ShowVersion,
  showBlame,
  showDiff,
  showVersion,
  VersionDetail,
  VersionPage,
} from "#lib/queries/versions.ts";
import { type Route, read } from "./route.ts";

export const READS: readonly Route[] = [
  read(
    { name: "tools.list", summary: "All tools with health, strategy and sync state", input: ListTools, run: listTools },
    "/tools",
    { cli: "tools list", output: ToolPage },
  ),
  read(
    { name: "tools.show", summary: "One tool with its source and recommendation", input: ShowTool, run: showTool },
    "/tools/{name}",
    { cli: "tools show <name>", output: ToolDetail },
  ),
  read(
    { name: "executions.list", summary: "Recorded calls, newest first", input: ListExecutions, run: listExecutions },
    "/executions",
    { cli: "executions", output: ExecutionPage },
  ),
  read(
    {
      name: "executions.show",
      summary: "One recorded call with its effects",
      input: ShowExecution,
      run: showExecution,
    },
    "/executions/{id}",
    { cli: "execution <id>", output: ExecutionDetail },
  ),
  read(
    {
      name: "opportunities.list",
      summary: "Problems of tools, the most pressing first",
      input: ListOpportunities,
      run: listOpportunities,
    },
    "/opportunities",
    { cli: "opportunities", output: OpportunityPage },
  ),
  read(
    {
      name: "opportunities.show",
      summary: "One problem with its failure clusters",
      input: ShowOpportunity,
      run: showOpportunity,
    },
    "/opportunities/{id}",
    { cli: "opportunity <id>", output: Opportunity },
  ),
  read(
    { name: "proposals.list", summary: "Proposals, newest first", input: ListProposals, run: listProposals },
    "/proposals",
    { cli: "proposals", output: ProposalPage },
  ),
  read(
    {
      name: "proposals.show",
      summary: "One proposal with its diff and evidence",
      input: ShowProposal,
      run: showProposal,
    },
    "/proposals/{id}",
    { cli: "proposal <id>", output: ProposalDetail },
  ),
  read(
    {
      name: "deployments.list",
      summary: "Deployments and rollbacks, newest first",
      input: ListDeployments,
      run: listDeployments,
    },
    "/deployments",
    { cli: "deployments", output: DeploymentPage },
  ),
  read(
    {
      name: "deployments.show",
      summary: "One deployment with its steps and monitor",
      input: ShowDeployment,
      run: showDeployment,
    },
    "/deployments/{id}",
    { cli: "deployment <id>", output: DeploymentView },
  ),
  read(
    { name: "versions.list", summary: "All versions of a tool", input: ListVersions, run: listVersions },
    "/tools/{name}/versions",
    { cli: "versions <name>", output: VersionPage },
  ),
  read(
    { name: "versions.show", summary: "One version with its source", input: ShowVersion, run: showVersion },
    "/tools/{name}/versions/{number}",
    { cli: "version <name> <number>", output: VersionDetail },
  ),
  read(
    {
      name: "versions.blame",
      summary: "Each line of a version with the version and proposal it comes from",
      input: ShowVersion,
      run: showBlame,
    },
    "/tools/{name}/versions/{number}/blame",
    { cli: "blame <name> <number>", output: BlameView },
  ),
  read(
    { name: "versions.diff", summary: "What changed between two versions", input: ShowDiff, run: showDiff },
    "/tools/{name}/diff",
    { cli: "diff <name> [from] [to]", output: DiffView },
  ),
  read({ name: "sync.list", summary: "Tool files against the database", input: ListSync, run: listSync }, "/sync", {
    cli: "sync",
    output: SyncPage,
  }),
  read({ name: "jobs.list", summary: "Long work, newest first", input: ListJobs, run: listJobs }, "/jobs", {
    cli: "jobs",
    output: JobPage,
  }),
  read({ name: "jobs.show", summary: "One job with its progress", input: ShowJob, run: showJob }, "/jobs/{id}", {
    cli: "job <id>",
    output: Job,
  }),
  read(
    { name: "audit.list", summary: "Everything that a person or machine decided", input: ListAudit, run: listAudit },
    "/audit",
    { cli: "audit", output: AuditPage },
  ),
  read(
    {
      name: "settings.show",
      summary: "Settings, each with where it comes from",
      input: ShowSettings,
      run: showSettings,
    },
    "/settings",
    { cli: "settings", output: SettingsView },
  ),
  read(
    {
      name: "tools.settings.show",
      summary: "Settings in force for one tool",
      input: ShowToolSettings,
      run: (ctx, { name }) => showSettings(ctx, { tool: name }),
    },
    "/tools/{name}/settings",
    { cli: "tools settings <name>", output: SettingsView },
  ),
  read(
    {
      name: "secrets.list",
      summary: "Secrets of tools by name, with where each comes from; never a value",
      input: ListSecrets,
      run: listSecrets,
      scope: "admin",
    },
    "/secrets",
    { cli: "secrets", output: SecretPage },
  ),
  read({ name: "keys.list", summary: "Keys and people", input: ListKeys, run: listKeys, scope: "admin" }, "/keys", {
    cli: "keys",
    output: KeyPage,
  }),
];
