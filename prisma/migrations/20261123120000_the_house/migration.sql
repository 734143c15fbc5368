-- CreateEnum
CREATE TYPE "Outcome" AS ENUM ('succeeded', 'refused', 'failed', 'timed_out', 'rejected', 'interrupted');

-- CreateEnum
CREATE TYPE "Mode" AS ENUM ('simulated', 'real');

-- CreateEnum
CREATE TYPE "DeploymentKind" AS ENUM ('deploy', 'rollback', 'sync');

-- CreateEnum
CREATE TYPE "DeploymentState" AS ENUM ('running', 'done', 'undone', 'simulated');

-- CreateEnum
CREATE TYPE "JobKind" AS ENUM ('detect', 'generate', 'test', 'deploy', 'monitor');

-- CreateEnum
CREATE TYPE "JobState" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "OpportunityKind" AS ENUM ('failing', 'incorrect', 'degrading', 'slow');

-- CreateEnum
CREATE TYPE "OpportunityState" AS ENUM ('open', 'in_progress', 'resolved', 'dismissed', 'snoozed');

-- CreateEnum
CREATE TYPE "ProposalState" AS ENUM ('generating', 'no_fix', 'testing', 'awaiting_review', 'changes_requested', 'approved', 'deploying', 'simulated', 'deployed', 'monitoring', 'stable', 'rolled_back', 'rejected', 'stale', 'cancelled');

-- CreateEnum
CREATE TYPE "Verdict" AS ENUM ('passed', 'failed', 'inconclusive', 'error');

-- CreateEnum
CREATE TYPE "Strategy" AS ENUM ('shadow', 'replay', 'synthetic', 'manual');

-- CreateEnum
CREATE TYPE "Decision" AS ENUM ('approve', 'reject', 'request_changes');

-- CreateEnum
CREATE TYPE "ToolKind" AS ENUM ('hosted', 'connected');

-- CreateEnum
CREATE TYPE "VersionOrigin" AS ENUM ('disk', 'proposal', 'merge');

-- CreateTable
CREATE TABLE "Execution" (
    "id" UUID NOT NULL,
    "startedAt" TIMESTAMPTZ(6) NOT NULL,
    "toolName" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "status" "Outcome" NOT NULL,
    "latencyMs" DOUBLE PRECISION NOT NULL,
    "input" JSON NOT NULL,
    "output" JSON,
    "hasOutput" BOOLEAN NOT NULL DEFAULT false,
    "error" JSON,
    "effects" JSON NOT NULL DEFAULT '[]',
    "caller" TEXT NOT NULL,
    "traceId" TEXT,
    "externalId" TEXT,
    "cluster" TEXT,
    "shape" TEXT NOT NULL,

    CONSTRAINT "Execution_pkey" PRIMARY KEY ("startedAt","id")
) PARTITION BY RANGE ("startedAt");

-- CreateTable
CREATE TABLE "ExternalExecution" (
    "externalId" TEXT NOT NULL,
    "executionId" UUID NOT NULL,
    "startedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ExternalExecution_pkey" PRIMARY KEY ("externalId")
);

-- CreateTable
CREATE TABLE "Feedback" (
    "id" UUID NOT NULL,
    "executionId" UUID NOT NULL,
    "toolName" TEXT NOT NULL,
    "correct" BOOLEAN NOT NULL,
    "expectedOutput" JSON,
    "hasExpected" BOOLEAN NOT NULL DEFAULT false,
    "note" TEXT,
    "actor" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Feedback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "StoredCase" (
    "id" UUID NOT NULL,
    "toolName" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "input" JSON NOT NULL,
    "expectedOutput" JSON,
    "hasExpected" BOOLEAN NOT NULL DEFAULT false,
    "shouldThrow" TEXT,
    "effects" JSON NOT NULL,
    "executionId" UUID,
    "actor" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "StoredCase_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "KeyValue" (
    "toolName" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "value" JSON NOT NULL,

    CONSTRAINT "KeyValue_pkey" PRIMARY KEY ("toolName","key")
);

-- CreateTable
CREATE TABLE "Deployment" (
    "id" UUID NOT NULL,
    "toolName" TEXT NOT NULL,
    "kind" "DeploymentKind" NOT NULL,
    "proposalId" UUID,
    "fromVersion" INTEGER,
    "toVersion" INTEGER NOT NULL,
    "mode" "Mode" NOT NULL,
    "state" "DeploymentState" NOT NULL,
    "steps" JSONB NOT NULL DEFAULT '[]',
    "backup" TEXT,
    "reason" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "monitor" JSONB,
    "startedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(6),

    CONSTRAINT "Deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" JSONB NOT NULL,
    "verb" TEXT NOT NULL,
    "toolName" TEXT,
    "subjectKind" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "summary" TEXT NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Settings" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "value" JSONB NOT NULL,

    CONSTRAINT "Settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Job" (
    "id" UUID NOT NULL,
    "kind" "JobKind" NOT NULL,
    "state" "JobState" NOT NULL,
    "stage" TEXT NOT NULL DEFAULT '',
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "input" JSONB NOT NULL,
    "result" JSONB,
    "error" TEXT,
    "toolName" TEXT,
    "key" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(6),
    "finishedAt" TIMESTAMPTZ(6),

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AccessKey" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "scopes" TEXT[],
    "secretHash" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revokedAt" TIMESTAMPTZ(6),

    CONSTRAINT "AccessKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignIn" (
    "hash" TEXT NOT NULL,
    "keyId" UUID NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "usedAt" TIMESTAMPTZ(6),

    CONSTRAINT "SignIn_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "Session" (
    "hash" TEXT NOT NULL,
    "keyId" UUID NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "Opportunity" (
    "id" UUID NOT NULL,
    "toolName" TEXT NOT NULL,
    "kind" "OpportunityKind" NOT NULL,
    "state" "OpportunityState" NOT NULL,
    "priority" DOUBLE PRECISION NOT NULL,
    "reason" TEXT NOT NULL,
    "statistics" JSONB NOT NULL,
    "clusters" JSON NOT NULL,
    "attribution" TEXT NOT NULL,
    "findings" JSONB NOT NULL,
    "assignee" TEXT,
    "snoozedUntil" TIMESTAMPTZ(6),
    "note" TEXT,
    "openedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Opportunity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Proposal" (
    "id" UUID NOT NULL,
    "number" SERIAL NOT NULL,
    "toolName" TEXT NOT NULL,
    "baseVersion" INTEGER NOT NULL,
    "purpose" TEXT NOT NULL,
    "opportunityId" UUID,
    "createdBy" JSONB NOT NULL,
    "attempts" JSONB NOT NULL DEFAULT '[]',
    "prompt" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Proposal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProposalTransition" (
    "proposalId" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "from" "ProposalState",
    "to" "ProposalState" NOT NULL,
    "actor" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProposalTransition_pkey" PRIMARY KEY ("proposalId","sequence")
);

-- CreateTable
CREATE TABLE "Revision" (
    "proposalId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "rationale" TEXT NOT NULL,
    "author" JSONB NOT NULL,
    "origin" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Revision_pkey" PRIMARY KEY ("proposalId","number")
);

-- CreateTable
CREATE TABLE "ProposalComment" (
    "id" UUID NOT NULL,
    "proposalId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "line" INTEGER,
    "text" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProposalComment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Evidence" (
    "id" UUID NOT NULL,
    "proposalId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "verdict" "Verdict" NOT NULL,
    "headline" TEXT NOT NULL,
    "strategy" "Strategy" NOT NULL,
    "strategyUsed" "Strategy" NOT NULL,
    "summary" JSON NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EvidenceCase" (
    "evidenceId" UUID NOT NULL,
    "index" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "body" JSON NOT NULL,

    CONSTRAINT "EvidenceCase_pkey" PRIMARY KEY ("evidenceId","index")
);

-- CreateTable
CREATE TABLE "ProposalDecision" (
    "id" UUID NOT NULL,
    "proposalId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "evidenceNumber" INTEGER NOT NULL,
    "decision" "Decision" NOT NULL,
    "reason" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "acknowledged" TEXT[],
    "actor" JSONB NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ProposalDecision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Tool" (
    "name" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" "ToolKind" NOT NULL DEFAULT 'hosted',
    "activeVersion" INTEGER,
    "loadError" TEXT,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Tool_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Version" (
    "toolName" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "manifest" JSON NOT NULL,
    "author" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "origin" "VersionOrigin" NOT NULL,
    "proposalId" UUID,
    "parents" INTEGER[],
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Version_pkey" PRIMARY KEY ("toolName","number")
);

-- CreateIndex
CREATE INDEX "Execution_startedAt_idx" ON "Execution"("startedAt") INCLUDE ("toolName", "version", "status", "latencyMs");

-- CreateIndex
CREATE INDEX "Execution_id_idx" ON "Execution"("id");

-- CreateIndex
CREATE INDEX "Execution_toolName_startedAt_idx" ON "Execution"("toolName", "startedAt");

-- CreateIndex
CREATE INDEX "Execution_cluster_startedAt_idx" ON "Execution"("cluster", "startedAt");

-- CreateIndex
CREATE INDEX "Feedback_toolName_createdAt_idx" ON "Feedback"("toolName", "createdAt");

-- CreateIndex
CREATE INDEX "StoredCase_toolName_createdAt_idx" ON "StoredCase"("toolName", "createdAt");

-- CreateIndex
CREATE INDEX "Deployment_toolName_startedAt_idx" ON "Deployment"("toolName", "startedAt");

-- CreateIndex
CREATE INDEX "Deployment_state_idx" ON "Deployment"("state");

-- CreateIndex
CREATE INDEX "Deployment_proposalId_idx" ON "Deployment"("proposalId");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");

-- CreateIndex
CREATE INDEX "AuditEntry_toolName_at_idx" ON "AuditEntry"("toolName", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_subjectId_idx" ON "AuditEntry"("subjectId");

-- CreateIndex
CREATE INDEX "Job_state_createdAt_idx" ON "Job"("state", "createdAt");

-- CreateIndex
CREATE INDEX "Job_toolName_createdAt_idx" ON "Job"("toolName", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "AccessKey_secretHash_key" ON "AccessKey"("secretHash");

-- CreateIndex
CREATE INDEX "Opportunity_state_priority_idx" ON "Opportunity"("state", "priority");

-- CreateIndex
CREATE INDEX "Opportunity_toolName_state_idx" ON "Opportunity"("toolName", "state");

-- CreateIndex
CREATE UNIQUE INDEX "Proposal_number_key" ON "Proposal"("number");

-- CreateIndex
CREATE INDEX "Proposal_toolName_createdAt_idx" ON "Proposal"("toolName", "createdAt");

-- CreateIndex
CREATE INDEX "Proposal_opportunityId_idx" ON "Proposal"("opportunityId");

-- CreateIndex
CREATE INDEX "Proposal_createdAt_idx" ON "Proposal"("createdAt");

-- CreateIndex
CREATE INDEX "ProposalComment_proposalId_createdAt_idx" ON "ProposalComment"("proposalId", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Evidence_proposalId_number_key" ON "Evidence"("proposalId", "number");

-- CreateIndex
CREATE INDEX "EvidenceCase_evidenceId_label_idx" ON "EvidenceCase"("evidenceId", "label");

-- CreateIndex
CREATE INDEX "ProposalDecision_proposalId_at_idx" ON "ProposalDecision"("proposalId", "at");

-- CreateIndex
CREATE UNIQUE INDEX "Tool_key_key" ON "Tool"("key");

-- CreateIndex
CREATE UNIQUE INDEX "Version_toolName_hash_key" ON "Version"("toolName", "hash");

-- AddForeignKey
ALTER TABLE "SignIn" ADD CONSTRAINT "SignIn_keyId_fkey" FOREIGN KEY ("keyId") REFERENCES "AccessKey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_keyId_fkey" FOREIGN KEY ("keyId") REFERENCES "AccessKey"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProposalTransition" ADD CONSTRAINT "ProposalTransition_proposalId_fkey" FOREIGN KEY ("proposalId") REFERENCES "Proposal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revision" ADD CONSTRAINT "Revision_proposalId_fkey" FOREIGN KEY ("proposalId") REFERENCES "Proposal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EvidenceCase" ADD CONSTRAINT "EvidenceCase_evidenceId_fkey" FOREIGN KEY ("evidenceId") REFERENCES "Evidence"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Version" ADD CONSTRAINT "Version_toolName_fkey" FOREIGN KEY ("toolName") REFERENCES "Tool"("name") ON DELETE RESTRICT ON UPDATE CASCADE;


-- Partitions stand in a schema of their own: one a month, made ahead at every start, and one for all other times.
CREATE SCHEMA "partitions";
CREATE TABLE "partitions"."execution_other" PARTITION OF "Execution" DEFAULT;

-- Makes the partition of the month that holds a time; rows that fell into the default partition before move along.
CREATE FUNCTION "partitions"."ensure_month"(moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first timestamptz := date_trunc('month', moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  next timestamptz := (date_trunc('month', moment AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
  name text := 'execution_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
  IF to_regclass('partitions.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE TABLE partitions.%I (LIKE "Execution" INCLUDING DEFAULTS)', name);
  EXECUTE format(
    'WITH moved AS (DELETE FROM partitions.execution_other WHERE "startedAt" >= %L AND "startedAt" < %L RETURNING *)
     INSERT INTO partitions.%I SELECT * FROM moved', first, next, name);
  EXECUTE format('ALTER TABLE "Execution" ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)', name, first, next);
END $$;

-- At most one problem of a kind that is not resolved stands for a tool.
CREATE UNIQUE INDEX "Opportunity_live_key" ON "Opportunity"("toolName", "kind") WHERE "state" <> 'resolved';

-- At most one job of a key is queued or running.
CREATE UNIQUE INDEX "Job_live_key" ON "Job"("key") WHERE "state" IN ('queued', 'running');

-- What is append-only stays so, whoever writes the statement.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "Version" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "ProposalTransition" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "Revision" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "Evidence" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "EvidenceCase" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "ProposalDecision" FOR EACH ROW EXECUTE FUNCTION refuse_change();
