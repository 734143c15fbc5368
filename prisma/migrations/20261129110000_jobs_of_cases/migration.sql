-- Running a tool's cases is long work like any other.
ALTER TYPE "JobKind" ADD VALUE 'cases';
