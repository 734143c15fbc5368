-- Jobs: when a job may begin at the earliest, so that a delay survives the process that waits for it.
ALTER TABLE "Job" ADD COLUMN     "notBefore" TIMESTAMPTZ(6);

-- Failures are looked for among very many successes: an index that holds nothing else costs a good call nothing.
CREATE INDEX "Execution_failures_idx" ON "Execution"("toolName", "startedAt") WHERE "status" IN ('failed', 'timed_out');

-- Two that need the same month at once wait for each other, and a month is UTC's whatever the session's time zone is.
-- Times far away stay in the default partition: a file of odd dates must not make a thousand tables.
CREATE OR REPLACE FUNCTION "partitions"."ensure_month"(moment timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first timestamptz := date_trunc('month', moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  next timestamptz := (date_trunc('month', moment AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
  name text := 'execution_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
  IF to_regclass('partitions.' || name) IS NOT NULL
     OR first < now() - interval '5 years' OR first > now() + interval '4 months' THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(7263941553);
  IF to_regclass('partitions.' || name) IS NOT NULL THEN
    RETURN;
  END IF;
  -- Nothing may enter the default partition between moving its rows and attaching their month.
  LOCK TABLE "partitions"."execution_other" IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('CREATE TABLE partitions.%I (LIKE "Execution" INCLUDING DEFAULTS)', name);
  EXECUTE format(
    'WITH moved AS (DELETE FROM partitions.execution_other WHERE "startedAt" >= %L AND "startedAt" < %L RETURNING *)
     INSERT INTO partitions.%I SELECT * FROM moved', first, next, name);
  EXECUTE format('ALTER TABLE "Execution" ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)', name, first, next);
END $$;

-- This month, the next two, and the months of whatever waits in the default partition.
CREATE FUNCTION "partitions"."ensure_ahead"() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM partitions.ensure_month(now() + make_interval(months => ahead)) FROM generate_series(0, 2) AS ahead;
  PERFORM partitions.ensure_month(month) FROM (
    SELECT DISTINCT date_trunc('month', "startedAt" AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS month
    FROM partitions.execution_other) AS waiting;
END $$;

-- A recorded call is never changed. Old ones may go with their retention, so deleting is not refused.
CREATE TRIGGER never_changed BEFORE UPDATE ON "Execution" FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- TRUNCATE is a way around triggers on rows.
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "AuditEntry" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "Version" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "ProposalTransition" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "ProposalDecision" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
