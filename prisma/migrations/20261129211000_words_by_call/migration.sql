-- The newest word on a call decides: what is marked wrong has a list of its own.
CREATE INDEX "Feedback_executionId_createdAt_idx" ON "Feedback"("executionId", "createdAt");
