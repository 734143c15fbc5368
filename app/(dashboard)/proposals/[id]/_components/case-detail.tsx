import { ArrowRight } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { JsonView } from "#app/_ui/json-view.tsx";
import { Link } from "#app/_ui/link.tsx";
import type { EvidenceCase } from "#lib/core/evidence.ts";
import type { ReviewPage } from "#lib/queries/review-page.ts";
import { JudgeAnswer } from "./judge-answer.tsx";
import { SidePair } from "./side-pair.tsx";

const SOURCES: Record<EvidenceCase["source"], string> = {
  base_case: "a case of the tool",
  stored_case: "a case made by a person",
  recorded: "a recorded call",
  generated: "a generated input",
  candidate_case: "a case that the candidate wrote",
};

/** One case: input, what each version did with it, and where they differ. */
export function CaseDetail({
  one,
  said,
  baseVersion,
  noisePaths,
  proposalId,
}: {
  one: EvidenceCase;
  /** What was last said of the recorded answer. */
  said: ReviewPage["said"][string] | undefined;
  baseVersion: number;
  noisePaths: readonly string[];
  /** Of the proposal whose tests a judgement may turn; null where the reader may not judge. */
  proposalId: string | null;
}) {
  const ignored = noisePaths.filter((path) => !one.differences.some((difference) => difference.path === path));
  return (
    <div className="flex flex-col gap-3 px-3 pt-1 pb-4 pl-8">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground text-xs">
        <span className="min-w-0 [overflow-wrap:anywhere]">
          From {SOURCES[one.source]}
          {one.description !== "" && `: ${one.description}`}
        </span>
        {one.target && <Badge tone="info">known to be wrong before</Badge>}
        {one.aside === true && <Badge outline>not what this change is for</Badge>}
        {one.executionId !== undefined && (
          <Link
            href={`/executions/${one.executionId}`}
            className="inline-flex items-center gap-0.5 font-medium text-link hover:underline"
          >
            Open the execution
            <ArrowRight className="size-3" aria-hidden />
          </Link>
        )}
      </p>
      <div>
        <h3 className="mb-1 font-medium text-muted-foreground text-xs">Input</h3>
        <JsonView value={one.input} className="pl-3.5" />
      </div>
      <SidePair old={one.old} fresh={one.new} differences={one.differences} baseVersion={baseVersion} />
      {proposalId !== null && one.executionId !== undefined && (
        <JudgeAnswer
          proposalId={proposalId}
          executionId={one.executionId}
          said={said}
          output={one.old.output === undefined ? null : JSON.stringify(one.old.output, null, 2)}
          proposed={one.new.status === "succeeded" && one.label !== "agrees" ? one.new.output : undefined}
          baseVersion={baseVersion}
        />
      )}
      {(one.expectedOutput !== undefined || one.shouldThrow !== undefined) && (
        <div>
          <h3 className="mb-1 font-medium text-muted-foreground text-xs">Known to be right</h3>
          {one.shouldThrow !== undefined ? (
            <p className="font-mono text-xs">refuses with {one.shouldThrow}</p>
          ) : (
            <JsonView value={one.expectedOutput} className="pl-3.5" />
          )}
        </div>
      )}
      {ignored.length > 0 && (
        <p className="text-muted-foreground text-xs">
          Left out as noise: <span className="font-mono">{ignored.join(", ")}</span>
        </p>
      )}
    </div>
  );
}
