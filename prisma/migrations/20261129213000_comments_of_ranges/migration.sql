-- A comment may be about several lines, and be resolved.
ALTER TABLE "ProposalComment" ADD COLUMN "endLine" INTEGER,
ADD COLUMN "resolvedAt" TIMESTAMPTZ(6),
ADD COLUMN "resolvedBy" JSONB;
