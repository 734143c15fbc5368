-- How many calls of each outcome a version answered in each hour that is over: pages about all tools count these, not calls.
CREATE TABLE "CallHour" (
    "toolName" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(6) NOT NULL,
    "status" "Outcome" NOT NULL,
    "calls" INTEGER NOT NULL,

    CONSTRAINT "CallHour_pkey" PRIMARY KEY ("toolName", "version", "hour", "status")
);

CREATE INDEX "CallHour_hour_idx" ON "CallHour"("hour");

-- Calls that began before this are counted there, later ones are not.
CREATE TABLE "CountedCalls" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "CountedCalls_pkey" PRIMARY KEY ("id")
);

INSERT INTO "CountedCalls" ("until") VALUES ('0001-01-01T00:00:00Z');

-- Counts the hours that are over. The last one is left alone: calls are recorded when they end, not when they begin.
CREATE FUNCTION "partitions"."count_hours"() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  counted timestamptz;
  target timestamptz := date_trunc('hour', now() - interval '1 hour', 'UTC');
BEGIN
  SELECT "until" INTO counted FROM "CountedCalls";
  IF counted >= target THEN
    RETURN;
  END IF;
  -- Imports add to hours that are counted already, and hold this until they have.
  SELECT "until" INTO counted FROM "CountedCalls" FOR UPDATE;
  IF counted >= target THEN
    RETURN;
  END IF;
  INSERT INTO "CallHour" ("toolName", "version", "hour", "status", "calls")
  SELECT "toolName", "version", date_trunc('hour', "startedAt", 'UTC'), "status", count(*)
  FROM "Execution" WHERE "startedAt" >= counted AND "startedAt" < target GROUP BY 1, 2, 3, 4;
  UPDATE "CountedCalls" SET "until" = target;
END $$;
