-- Every index is written at every call. The primary key carries what detection reads alone, so that the index by time,
-- which began with the same column, is no more.
ALTER TABLE "Execution" DROP CONSTRAINT "Execution_pkey";
ALTER TABLE "Execution" ADD CONSTRAINT "Execution_pkey" PRIMARY KEY ("startedAt", "id") INCLUDE ("toolName", "version", "status", "latencyMs");
DROP INDEX "Execution_startedAt_idx";

-- Only failures have a cluster.
DROP INDEX "Execution_cluster_startedAt_idx";
CREATE INDEX "Execution_cluster_startedAt_idx" ON "Execution"("cluster", "startedAt") WHERE "cluster" IS NOT NULL;
