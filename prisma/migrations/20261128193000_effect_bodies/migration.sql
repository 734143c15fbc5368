-- Long bodies of recorded requests and answers, kept once a tool however many executions hold them.
CREATE TABLE "EffectBody" (
    "tool" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "usedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "EffectBody_pkey" PRIMARY KEY ("tool", "digest")
);
