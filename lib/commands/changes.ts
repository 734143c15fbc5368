/** What may be asked to happen: every command of the contract. */
import { z } from "zod";
import { Deployment } from "#lib/core/deployment.ts";
import { SideResult } from "#lib/core/evidence.ts";
import { Execution, Feedback, StoredCase } from "#lib/core/execution.ts";
import { Opportunity } from "#lib/core/opportunity.ts";
import { Comment, DecisionRecord } from "#lib/core/proposal.ts";
import { Job } from "#lib/core/version.ts";
import { DeploymentView } from "#lib/queries/deployments.ts";
import { KeyView } from "#lib/queries/keys.ts";
import { ProposalDetail } from "#lib/queries/proposals.ts";
import { SettingsView } from "#lib/queries/settings.ts";
import { SyncRow } from "#lib/queries/sync.ts";
import { AcceptedChanges, acceptChanges } from "./accept-changes.ts";
import { callTool } from "./call-tool.ts";
import { cancelJob } from "./cancel-job.ts";
import { changeOpportunity } from "./change-opportunity.ts";
import { deleteSecret, setSecret } from "./change-secrets.ts";
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
import { ImportedVersions, importVersions } from "./import-versions.ts";
import { makeCase } from "./make-case.ts";
import { mergeProposal } from "./merge-proposal.ts";
import { propose } from "./propose.ts";
import { removeCase } from "./remove-case.ts";
import { Replayed, replayExecution } from "./replay-execution.ts";
import { rerunEvidence } from "./rerun-evidence.ts";
import { resolveComment } from "./resolve-comment.ts";
import { resolveSync } from "./resolve-sync.ts";
import { reviseProposal } from "./revise-proposal.ts";
import { revokeKey } from "./revoke-key.ts";
import { rollBackTool } from "./roll-back-tool.ts";
import { type Route, route } from "./route.ts";
import { CasesRun, runCases } from "./run-cases.ts";
import { startCases } from "./start-cases.ts";
import { abortDeployment, pauseDeployment, promoteDeployment, watchDeployment } from "./steer-deployment.ts";
import { tryInput } from "./try-input.ts";
import { UndoneChanges, undoAcceptedChanges } from "./undo-accepted-changes.ts";
import { undoDecision } from "./undo-decision.ts";
import { undoSync } from "./undo-sync.ts";
import { withdrawProposal } from "./withdraw-proposal.ts";

const Working = ProposalDetail.extend({ jobId: z.string() });

export const CHANGES: readonly Route[] = [
  route(callTool, "POST", "/tools/{name}/executions", {
    cli: "call <name> [input]",
    output: Execution,
    audited: false,
  }),
  route(giveFeedback, "POST", "/executions/{id}/feedback", { cli: "feedback <id>", output: Feedback, status: 201 }),
  route(makeCase, "POST", "/executions/{id}/case", { cli: "case <id>", output: StoredCase, status: 201 }),
  route(replayExecution, "POST", "/executions/{id}/replay", { cli: "replay <id>", output: Replayed }),
  route(importExecutions, "POST", "/executions/import", { cli: "import <file>", output: ImportAnswer, body: "ndjson" }),
  route(detect, "POST", "/detections", {
    cli: "detect [tool]",
    output: Job.extend({ items: z.array(Opportunity) }),
    defaults: { waitSeconds: 20 },
  }),
  route(changeOpportunity, "PATCH", "/opportunities/{id}", { cli: "opportunity change <id>", output: Opportunity }),
  route(generateProposal, "POST", "/opportunities/{id}/proposals", {
    cli: "generate <id>",
    output: Working,
    status: 202,
  }),
  route(propose, "POST", "/proposals", { cli: "propose <tool>", output: Working, status: 201 }),
  route(reviseProposal, "POST", "/proposals/{id}/revisions", { cli: "revise <id>", output: Working, status: 201 }),
  route(commentOnProposal, "POST", "/proposals/{id}/comments", {
    cli: "comment <id> <text>",
    output: Comment,
    status: 201,
  }),
  route(resolveComment, "PATCH", "/proposals/{id}/comments/{comment}", {
    cli: "comment resolve <id> <comment>",
    output: Comment,
  }),
  route(rerunEvidence, "POST", "/proposals/{id}/evidence", { cli: "test <id>", output: Working, status: 202 }),
  route(mergeProposal, "POST", "/proposals/{id}/merge", { cli: "merge <id>", output: Working, status: 201 }),
  route(acceptChanges, "POST", "/proposals/{id}/accepted-changes", {
    cli: "accept <id> <group>",
    output: AcceptedChanges,
    status: 202,
  }),
  route(undoAcceptedChanges, "POST", "/proposals/{id}/accepted-changes/undo", {
    cli: "accept undo <id> <group>",
    output: UndoneChanges,
  }),
  route(tryInput, "POST", "/proposals/{id}/executions", {
    cli: "try <id> <input>",
    output: z.object({ old: SideResult, new: SideResult }),
  }),
  route(decideProposal, "POST", "/proposals/{id}/decisions", {
    cli: "decide <id> <decision>",
    output: ProposalDetail.extend({
      decision: DecisionRecord,
      missing: z.array(z.string()).describe("What policy still asks for before it is approved"),
      deployment: Deployment.nullable(),
    }),
  }),
  route(undoDecision, "POST", "/proposals/{id}/undo", { cli: "undo <id>", output: ProposalDetail }),
  route(withdrawProposal, "POST", "/proposals/{id}/withdrawal", { cli: "withdraw <id>", output: ProposalDetail }),
  route(deployProposal, "POST", "/proposals/{id}/deployment", {
    cli: "deploy <id>",
    output: DeploymentView,
    status: 201,
  }),
  route(promoteDeployment, "POST", "/deployments/{id}/promote", { cli: "promote <id>", output: DeploymentView }),
  route(pauseDeployment, "POST", "/deployments/{id}/pause", { cli: "pause <id>", output: DeploymentView }),
  route(watchDeployment, "POST", "/deployments/{id}/watch", { cli: "watch <id>", output: DeploymentView }),
  route(abortDeployment, "POST", "/deployments/{id}/abort", { cli: "abort <id>", output: DeploymentView }),
  route(rollBackTool, "POST", "/tools/{name}/rollback", {
    cli: "rollback <name> [version]",
    output: DeploymentView,
    status: 201,
  }),
  route(importVersions, "POST", "/tools/{name}/versions/import", {
    cli: "versions import <name>",
    output: ImportedVersions,
  }),
  route(resolveSync, "POST", "/sync/{name}", {
    cli: "sync resolve <name> <resolution>",
    output: SyncRow.extend({ version: z.number().int(), backup: z.string().nullable() }),
  }),
  route(undoSync, "POST", "/sync/{name}/undo", { cli: "sync undo <name>", output: SyncRow }),
  route(cancelJob, "DELETE", "/jobs/{id}", { cli: "cancel <id>", output: Job }),
  route(changeSettings, "PATCH", "/settings", { cli: "settings change", output: SettingsView }),
  route(changeToolSettings, "PATCH", "/tools/{name}/settings", {
    cli: "tools settings change <name>",
    output: SettingsView,
  }),
  route(runCases, "POST", "/tools/{name}/cases/runs", { cli: "cases <name>", output: CasesRun }),
  route(startCases, "POST", "/tools/{name}/cases/jobs", { cli: "cases start <name>", output: Job, status: 202 }),
  route(removeCase, "DELETE", "/tools/{name}/cases/{id}", {
    cli: "cases remove <name> <id>",
    output: z.object({ id: z.string(), removed: z.boolean() }),
  }),
  route(createKey, "POST", "/keys", {
    cli: "keys create <name>",
    output: KeyView.extend({ secret: z.string() }),
    status: 201,
  }),
  route(setSecret, "POST", "/secrets", {
    cli: "secrets set <name>",
    output: z.object({ name: z.string() }),
  }),
  route(deleteSecret, "DELETE", "/secrets/{name}", {
    cli: "secrets delete <name>",
    output: z.object({ name: z.string(), deleted: z.boolean() }),
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
