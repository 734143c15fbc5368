-- Live calls that a waiting change was tried on, out of the caller's sight.
CREATE TABLE "ShadowCall" (
    "proposalId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "executionId" UUID NOT NULL,
    "agrees" BOOLEAN NOT NULL,
    "detail" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "ShadowCall_pkey" PRIMARY KEY ("proposalId","revision","executionId")
);
