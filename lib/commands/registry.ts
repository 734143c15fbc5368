/** Everything that may be asked, listed once for server actions, HTTP, command line and palette. */
import { z } from "zod";
import { Deployment } from "#lib/core/deployment.ts";
import { SideResult } from "#lib/core/evidence.ts";
import { Execution, Feedback, StoredCase } from "#lib/core/execution.ts";
import { Opportunity } from "#lib/core/opportunity.ts";
import { Comment, DecisionRecord } from "#lib/core/proposal.ts";
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
  ExecutionPage,
  ListExecutions,
  listExecutions,
  ShowExecution,
  showExecution,
} from "#lib/queries/executions.ts";
import { JobPage, ListJobs, listJobs, ShowJob, showJob } from "#lib/queries/jobs.ts";
import { KeyPage, KeyView, ListKeys, listKeys } from "#lib/queries/keys.ts";
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
import { SettingsView, ShowSettings, ShowToolSettings, showSettings } from "#lib/queries/settings.ts";
import { ListSync, listSync, SyncPage, SyncRow } from "#lib/queries/sync.ts";
import { ListTools, listTools, ShowTool, showTool, ToolDetail, ToolPage } from "#lib/queries/tools.ts";
import {
  DiffView,
  ListVersions,
  listVersions,
  ShowDiff,
  ShowVersion,
  showDiff,
  showVersion,
  VersionDetail,
  VersionPage,
} from "#lib/queries/versions.ts";
import { callTool } from "./call-tool.ts";
import { cancelJob } from "./cancel-job.ts";
import { changeOpportunity } from "./change-opportunity.ts";
import { changeSettings, changeToolSettings } from "./change-settings.ts";
import { commentOnProposal } from "./comment-on-proposal.ts";
import { createKey } from "./create-key.ts";
import { createSignInLinkCommand } from "./create-sign-in-link.ts";
import { decideProposal } from "./decide-proposal.ts";
import { deployProposal } from "./deploy-proposal.ts";
import { detect } from "./detect.ts";
import { generateProposal } from "./generate-proposal.ts";
import { giveFeedback } from "./give-feedback.ts";
import { ImportAnswer, importExecutions } from "./import-executions.ts";
import { makeCase } from "./make-case.ts";
import { propose } from "./propose.ts";
import { rerunEvidence } from "./rerun-evidence.ts";
import { resolveSync } from "./resolve-sync.ts";
import { reviseProposal } from "./revise-proposal.ts";
import { revokeKey } from "./revoke-key.ts";
import { rollBackTool } from "./roll-back-tool.ts";
import { type Route, read, route } from "./route.ts";
import { abortDeployment, pauseDeployment, promoteDeployment } from "./steer-deployment.ts";
import { tryInput } from "./try-input.ts";

const Working = ProposalDetail.extend({ jobId: z.string() });

/** All routes, in the order of the contract. */
export const ROUTES: readonly Route[] = [
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
  route(callTool, "POST", "/tools/{name}/executions", {
    cli: "call <name> [input]",
    output: Execution,
    audited: false,
  }),

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
    { cli: "execution <id>", output: Execution },
  ),
  route(giveFeedback, "POST", "/executions/{id}/feedback", { cli: "feedback <id>", output: Feedback, status: 201 }),
  route(makeCase, "POST", "/executions/{id}/case", { cli: "case <id>", output: StoredCase, status: 201 }),
  route(importExecutions, "POST", "/executions/import", { cli: "import <file>", output: ImportAnswer, body: "ndjson" }),

  route(detect, "POST", "/detections", {
    cli: "detect [tool]",
    output: Job.extend({ items: z.array(Opportunity) }),
    defaults: { waitSeconds: 20 },
  }),
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
  route(changeOpportunity, "PATCH", "/opportunities/{id}", { cli: "opportunity change <id>", output: Opportunity }),
  route(generateProposal, "POST", "/opportunities/{id}/proposals", {
    cli: "generate <id>",
    output: Working,
    status: 202,
  }),

  route(propose, "POST", "/proposals", { cli: "propose <tool>", output: Working, status: 201 }),
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
  route(reviseProposal, "POST", "/proposals/{id}/revisions", { cli: "revise <id>", output: Working, status: 201 }),
  route(commentOnProposal, "POST", "/proposals/{id}/comments", {
    cli: "comment <id> <text>",
    output: Comment,
    status: 201,
  }),
  route(rerunEvidence, "POST", "/proposals/{id}/evidence", { cli: "test <id>", output: Working, status: 202 }),
  route(tryInput, "POST", "/proposals/{id}/executions", {
    cli: "try <id> <input>",
    output: z.object({ old: SideResult, new: SideResult }),
  }),
  route(decideProposal, "POST", "/proposals/{id}/decisions", {
    cli: "decide <id> <decision>",
    output: ProposalDetail.extend({ decision: DecisionRecord, deployment: Deployment.nullable() }),
  }),
  route(deployProposal, "POST", "/proposals/{id}/deployment", {
    cli: "deploy <id>",
    output: DeploymentView,
    status: 201,
  }),

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
  route(promoteDeployment, "POST", "/deployments/{id}/promote", { cli: "promote <id>", output: DeploymentView }),
  route(pauseDeployment, "POST", "/deployments/{id}/pause", { cli: "pause <id>", output: DeploymentView }),
  route(abortDeployment, "POST", "/deployments/{id}/abort", { cli: "abort <id>", output: DeploymentView }),

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
    { name: "versions.diff", summary: "What changed between two versions", input: ShowDiff, run: showDiff },
    "/tools/{name}/diff",
    { cli: "diff <name> [from] [to]", output: DiffView },
  ),
  route(rollBackTool, "POST", "/tools/{name}/rollback", {
    cli: "rollback <name> [version]",
    output: DeploymentView,
    status: 201,
  }),

  read({ name: "sync.list", summary: "Tool files against the database", input: ListSync, run: listSync }, "/sync", {
    cli: "sync",
    output: SyncPage,
  }),
  route(resolveSync, "POST", "/sync/{name}", { cli: "sync resolve <name> <resolution>", output: SyncRow }),

  read({ name: "jobs.list", summary: "Long work, newest first", input: ListJobs, run: listJobs }, "/jobs", {
    cli: "jobs",
    output: JobPage,
  }),
  read({ name: "jobs.show", summary: "One job with its progress", input: ShowJob, run: showJob }, "/jobs/{id}", {
    cli: "job <id>",
    output: Job,
  }),
  route(cancelJob, "DELETE", "/jobs/{id}", { cli: "cancel <id>", output: Job }),

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
  route(changeSettings, "PATCH", "/settings", { cli: "settings change", output: SettingsView }),
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
  route(changeToolSettings, "PATCH", "/tools/{name}/settings", {
    cli: "tools settings change <name>",
    output: SettingsView,
  }),

  read({ name: "keys.list", summary: "Keys and people", input: ListKeys, run: listKeys, scope: "admin" }, "/keys", {
    cli: "keys",
    output: KeyPage,
  }),
  route(createKey, "POST", "/keys", {
    cli: "keys create <name>",
    output: KeyView.extend({ secret: z.string() }),
    status: 201,
  }),
  route(revokeKey, "DELETE", "/keys/{id}", {
    cli: "keys revoke <id>",
    output: z.object({ id: z.string(), revoked: z.boolean() }),
  }),
  route(createSignInLinkCommand, "POST", "/sign-in-links", {
    cli: "sign-in",
    output: z.object({ path: z.string(), expiresAt: z.date() }),
    status: 201,
  }),
];
