import { CircleCheck, CircleX, MessageSquare, MessageSquareWarning } from "lucide-react";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { NotAllowed } from "#app/_ui/not-allowed.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { linesInWords } from "#lib/core/lines-in-words.ts";
import type { Comment, DecisionRecord } from "#lib/core/proposal.ts";
import { CommentForm } from "./comment-form.tsx";
import { ResolveButton } from "./resolve-button.tsx";
import { SaidText } from "./said-text.tsx";
import type { Placed, Thread } from "./threads.ts";

const DECISIONS = {
  approve: { icon: CircleCheck, ink: "text-success", words: "approved" },
  reject: { icon: CircleX, ink: "text-danger", words: "rejected" },
  request_changes: { icon: MessageSquareWarning, ink: "text-warning", words: "asked for changes to" },
} as const;

/** Who decided what, a sentence. */
export function decidedWords({ actor, decision, revision }: DecisionRecord): string {
  return `${actor.name} ${DECISIONS[decision].words} revision ${revision}.`;
}

type Entry = { at: Date } & ({ comment: Comment } | { decision: DecisionRecord });

/** What people said and decided, in order, and a place to say something. */
export function Conversation({
  proposalId,
  revision,
  comments,
  threads,
  decisions,
  mayComment,
  lines,
  over,
}: {
  proposalId: string;
  revision: number;
  /** Those that stand between the lines of the diff as well. */
  threads: readonly Thread[];
  comments: readonly Comment[];
  decisions: readonly DecisionRecord[];
  mayComment: boolean;
  lines: number;
  /** Whether it ended undecided: no attempt reads what is said now. */
  over: boolean;
}) {
  const entries: Entry[] = [
    ...comments.map((one) => ({ at: one.createdAt, comment: one })),
    ...decisions.map((one) => ({ at: one.at, decision: one })),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  const placed = threads.flatMap(({ comments: those }) => those);
  return (
    <Card>
      <CardHeader>
        <CardTitle>Comments and decisions</CardTitle>
      </CardHeader>
      <CardContent className="flex flex-col gap-3">
        {entries.length > 0 && (
          <ol className="flex flex-col gap-3">
            {entries.map((entry) =>
              "comment" in entry ? (
                <Said
                  key={entry.comment.id}
                  said={entry.comment}
                  placed={placed.find(({ said }) => said === entry.comment) ?? null}
                  {...(mayComment && { proposalId })}
                />
              ) : (
                <Decided key={entry.decision.id} decided={entry.decision} />
              ),
            )}
          </ol>
        )}
        {mayComment ? (
          <CommentForm proposalId={proposalId} revision={revision} lines={lines} over={over} />
        ) : (
          <>
            {entries.length === 0 && <p className="text-muted-foreground text-13">Nobody said anything yet.</p>}
            <NotAllowed scope="operate">Commenting, trying an input, editing the change or testing it again</NotAllowed>
          </>
        )}
      </CardContent>
    </Card>
  );
}

/**
 * @param placed where it stands in the diff; null where its lines are gone, or it has none
 * @param proposalId for whoever may resolve it
 */
function Said({ said, placed, proposalId }: { said: Comment; placed: Placed | null; proposalId?: string }) {
  const { line, endLine = line, resolved } = said;
  return (
    <li id={`comment-${said.id}`} className="flex gap-2 rounded-sm text-13">
      {resolved === undefined ? (
        <MessageSquare className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
      ) : (
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-success" aria-hidden />
      )}
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
          <p>
            <span className="font-medium text-foreground">{said.actor.name}</span>
            {placed !== null ? (
              <>
                {" on "}
                <a href={`#line-${placed.to}`} className="text-link underline">
                  {linesInWords(placed.from, placed.to)}
                </a>
              </>
            ) : (
              line !== undefined &&
              ` on ${linesInWords(line, endLine)}, which ${line === endLine ? "has" : "have"} changed since`
            )}{" "}
            · revision {said.revision} · <RelativeTime at={said.createdAt} />
            {resolved !== undefined && ` · resolved by ${resolved.by.name}`}
          </p>
          {proposalId !== undefined && (
            <span className="ml-auto">
              <ResolveButton proposalId={proposalId} said={said} />
            </span>
          )}
        </div>
        <SaidText said={said} />
      </div>
    </li>
  );
}

function Decided({ decided }: { decided: DecisionRecord }) {
  const { icon: Icon, ink, words } = DECISIONS[decided.decision];
  return (
    <li id={`decision-${decided.id}`} className="flex gap-2 rounded-sm text-13">
      <Icon className={`mt-0.5 size-4 shrink-0 ${ink}`} aria-hidden />
      <div className="min-w-0">
        <p className="text-muted-foreground text-xs">
          <span className="font-medium text-foreground">{decided.actor.name}</span> {words} revision {decided.revision}{" "}
          · <RelativeTime at={decided.at} /> · <code title={decided.digest}>{decided.digest.slice(0, 8)}</code>
        </p>
        {decided.reason !== "" && <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{decided.reason}</p>}
      </div>
    </li>
  );
}
