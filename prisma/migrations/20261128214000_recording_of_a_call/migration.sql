-- How a call was recorded stays with it: the tool's mode may change afterwards.
ALTER TABLE "Execution" ADD COLUMN "recording" TEXT;
