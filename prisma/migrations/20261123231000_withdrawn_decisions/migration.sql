-- Decisions that their makers took back; the decisions themselves stay on record.
CREATE TABLE "WithdrawnDecision" (
    "decisionId" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WithdrawnDecision_pkey" PRIMARY KEY ("decisionId")
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "WithdrawnDecision" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON "WithdrawnDecision" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
