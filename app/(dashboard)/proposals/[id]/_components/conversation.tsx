"use client";
import { CircleCheck, CircleX, MessageSquare, MessageSquareWarning } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Comment, DecisionRecord } from "#lib/core/proposal.ts";
import { comment } from "../actions.ts";

const DECISIONS = {
  approve: { icon: CircleCheck, ink: "text-success", words: "approved" },
  reject: { icon: CircleX, ink: "text-danger", words: "rejected" },
  request_changes: { icon: MessageSquareWarning, ink: "text-warning", words: "asked for changes" },
} as const;

type Entry = { at: Date } & ({ comment: Comment } | { decision: DecisionRecord });

/** What people said and decided, in order, and a place to say something. */
export function Conversation({
  proposalId,
  comments,
  decisions,
  mayComment,
  lines,
}: {
  proposalId: string;
  comments: readonly Comment[];
  decisions: readonly DecisionRecord[];
  mayComment: boolean;
  lines: number;
}) {
  const entries: Entry[] = [
    ...comments.map((one) => ({ at: one.createdAt, comment: one })),
    ...decisions.map((one) => ({ at: one.at, decision: one })),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
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
                <Said key={entry.comment.id} said={entry.comment} />
              ) : (
                <Decided key={entry.decision.id} decided={entry.decision} />
              ),
            )}
          </ol>
        )}
        {mayComment ? (
          <CommentForm proposalId={proposalId} lines={lines} />
        ) : (
          entries.length === 0 && <p className="text-muted-foreground text-13">Nobody said anything yet.</p>
        )}
      </CardContent>
    </Card>
  );
}

function Said({ said }: { said: Comment }) {
  return (
    <li className="flex gap-2 text-13">
      <MessageSquare className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0">
        <p className="text-muted-foreground text-xs">
          <span className="font-medium text-foreground">{said.actor.name}</span>
          {said.line !== undefined && ` on line ${said.line}`} · revision {said.revision} ·{" "}
          <RelativeTime at={said.createdAt} />
        </p>
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{said.text}</p>
      </div>
    </li>
  );
}

function Decided({ decided }: { decided: DecisionRecord }) {
  const { icon: Icon, ink, words } = DECISIONS[decided.decision];
  return (
    <li className="flex gap-2 text-13">
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

function CommentForm({ proposalId, lines }: { proposalId: string; lines: number }) {
  const field = useId();
  const place = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [line, setLine] = useState("");
  const { run, pending } = useAction(comment, {
    onDone: () => {
      setText("");
      setLine("");
    },
  });
  useEffect(() => {
    const onLine = (event: Event): void => {
      setLine(String((event as CustomEvent<number>).detail));
      place.current?.focus();
    };
    window.addEventListener("whetstone:comment-line", onLine);
    return () => window.removeEventListener("whetstone:comment-line", onLine);
  }, []);
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        run({ id: proposalId, text, ...(line === "" ? {} : { line: Number(line) }) });
      }}
    >
      <label htmlFor={field} className="sr-only">
        Comment
      </label>
      <Textarea
        ref={place}
        id={field}
        value={text}
        required
        placeholder="Say something; the next attempt reads it"
        onChange={(event) => setText(event.target.value)}
      />
      <div className="flex items-center gap-2">
        <label htmlFor={`${field}-line`} className="text-muted-foreground text-xs">
          On line
        </label>
        <Input
          id={`${field}-line`}
          type="number"
          min={1}
          max={lines}
          value={line}
          placeholder="any"
          className="h-7 w-20"
          onChange={(event) => setLine(event.target.value)}
        />
        <Button
          type="submit"
          variant="outline"
          size="sm"
          pending={pending}
          disabled={text.trim() === ""}
          className="ml-auto"
        >
          Comment
        </Button>
      </div>
    </form>
  );
}
