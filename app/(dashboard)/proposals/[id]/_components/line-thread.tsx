"use client";
import { MessageSquare } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { CommentForm } from "./comment-form.tsx";
import { SaidText, type Take } from "./said-text.tsx";
import type { Thread } from "./threads.ts";

/** What was said of one line, below it in the diff, and a place to answer. */
export function LineThread({
  thread,
  text,
  proposalId,
  revision,
  mayComment,
  writing,
  take,
  onAnswer,
  onClose,
}: {
  thread: Thread;
  /** The line itself. */
  text: string;
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
        {comments.map((said) => (
          <div key={said.id} className="flex gap-2">
            <MessageSquare className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
            <div className="min-w-0 flex-1">
              <p className="text-muted-foreground text-xs">
                <span className="font-medium text-foreground">{said.actor.name}</span>
                {said.revision !== revision && ` · revision ${said.revision}`} · <RelativeTime at={said.createdAt} />
              </p>
              <SaidText said={said} line={{ number: line, text }} take={take} />
            </div>
          </div>
        ))}
        {writing !== null ? (
          <CommentForm
            proposalId={proposalId}
            revision={revision}
            line={writing}
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
