"use client";
import { CircleCheck, MessageSquare } from "lucide-react";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { linesInWords } from "#lib/core/lines-in-words.ts";
import { CommentForm } from "./comment-form.tsx";
import { ResolveButton } from "./resolve-button.tsx";
import { SaidText, type Take } from "./said-text.tsx";
import type { Placed, Thread } from "./threads.ts";

/** What was said of lines, below the last of them in the diff, and a place to answer. */
export function LineThread({
  thread,
  lines,
  proposalId,
  revision,
  mayComment,
  writing,
  take,
  onAnswer,
  onClose,
}: {
  thread: Thread;
  /** All lines of what is shown. */
  lines: readonly string[];
  proposalId: string;
  revision: number;
  mayComment: boolean;
  /** The line that a comment was begun on, with its text and how often it was asked for, while one is being written. */
  writing: { readonly number: number; readonly text: string; readonly asked: number } | null;
  take: Take | null;
  onAnswer: () => void;
  onClose: () => void;
}) {
  const { line, comments } = thread;
  return (
    <section
      aria-label={`Comments on line ${line}`}
      className="border-y bg-background px-3 py-2 font-sans text-13 leading-5"
    >
      <div className="flex max-w-2xl flex-col gap-2">
        {comments.map((placed) => (
          <SaidHere
            key={placed.said.id}
            placed={placed}
            text={lines.slice(placed.from - 1, placed.to).join("\n")}
            proposalId={proposalId}
            revision={revision}
            mayComment={mayComment}
            take={take}
          />
        ))}
        {writing !== null ? (
          <CommentForm
            proposalId={proposalId}
            revision={revision}
            line={writing}
            following={lines.slice(line)}
            times={writing.asked}
            onClose={onClose}
          />
        ) : (
          mayComment && (
            <Button variant="ghost" size="sm" className="self-start" onClick={onAnswer}>
              Answer
            </Button>
          )
        )}
      </div>
    </section>
  );
}

/** One comment; one that is resolved stands as a line, and opens. */
function SaidHere({
  placed: { said, from, to },
  text,
  proposalId,
  revision,
  mayComment,
  take,
}: {
  placed: Placed;
  text: string;
  proposalId: string;
  revision: number;
  mayComment: boolean;
  take: Take | null;
}) {
  const [open, setOpen] = useState(false);
  const { resolved } = said;
  const Icon = resolved === undefined ? MessageSquare : CircleCheck;
  return (
    <div className="flex gap-2">
      <Icon className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 text-muted-foreground text-xs">
          <p>
            <span className="font-medium text-foreground">{said.actor.name}</span>
            {from < to && ` on ${linesInWords(from, to)}`}
            {said.revision !== revision && ` · revision ${said.revision}`} · <RelativeTime at={said.createdAt} />
            {resolved !== undefined && ` · resolved by ${resolved.by.name}`}
          </p>
          <span className="ml-auto flex gap-1">
            {resolved !== undefined && (
              <Button variant="ghost" size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? "Hide" : "Show"}
              </Button>
            )}
            {mayComment && <ResolveButton proposalId={proposalId} said={said} />}
          </span>
        </div>
        {(resolved === undefined || open) && <SaidText said={said} lines={{ from, to, text }} take={take} />}
      </div>
    </div>
  );
}
