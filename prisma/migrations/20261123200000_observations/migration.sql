-- What versions were seen doing, held against what they declare.
CREATE TABLE "Observation" (
    "toolName" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "what" TEXT NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "detail" TEXT NOT NULL,
    "executionId" UUID NOT NULL,
    "firstAt" TIMESTAMPTZ(6) NOT NULL,
    "lastAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Observation_pkey" PRIMARY KEY ("toolName","version","what")
);
