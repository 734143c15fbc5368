import type { ReviewPage } from "#lib/queries/review-page.ts";
import { originWords } from "./origin-words.ts";
import { TryInput } from "./try-input.tsx";

/** Below the cases: one's own input, then the root cause and who wrote the change, of which there is more below. */
export function CasesFoot({ page }: { page: ReviewPage }) {
  const { proposal, shown, opportunity } = page;
  if (shown === null) return null;
  const position = proposal.attempts.findIndex(({ source }) => source === shown.source);
  const facts = [
    originWords(shown.origin),
    ...(proposal.attempts.length > 1
      ? [
          position === -1
            ? `${proposal.attempts.length} attempts`
            : `attempt ${position + 1} of ${proposal.attempts.length}`,
        ]
      : []),
  ];
  return (
    <div className="contents">
      {page.mayOperate && (
        <TryInput proposalId={proposal.id} start={page.cases[0]?.input ?? {}} baseVersion={proposal.baseVersion} />
      )}
      <p className="truncate border-t px-3 py-1.5 text-muted-foreground text-xs">
        {opportunity !== null && opportunity.findings.length > 0 && (
          <>
            <a href="#root-cause" className="text-link underline underline-offset-2">
              Root cause
            </a>{" "}
            ·{" "}
          </>
        )}
        <a href="#background" className="text-link underline underline-offset-2">
          Background
        </a>{" "}
        · {facts.join(" · ")}
      </p>
    </div>
  );
}
