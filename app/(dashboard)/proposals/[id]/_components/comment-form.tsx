"use client";
import { useEffect, useId, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { linesInWords } from "#lib/core/lines-in-words.ts";
import { comment } from "../actions.ts";
import { keepWords, onLine, readKeptWords } from "./kept-words.ts";
import { suggestionFor } from "./suggestions.ts";

/** A place to say something: of one line, where that is given, else of any or none. ⌘↵ sends, Esc leaves; what is written stays in the tab. */
export function CommentForm({
  proposalId,
  revision: newest,
  line: asked,
  following = [],
  lines,
  times = 0,
  over = false,
  onClose,
}: {
  proposalId: string;
  revision: number;
  /** The line that it is about, with its text, which a suggestion begins with. */
  line?: { readonly number: number; readonly text: string };
  /** The lines after it in the newest revision: the comment may be about some of them as well. */
  following?: readonly string[];
  /** How many lines there are to choose from, where no line is given. */
  lines?: number;
  /** How often somebody asked to write here: each time it takes the cursor. */
  times?: number;
  /** Whether no attempt comes any more that would read it. */
  over?: boolean;
  /** Called when it was sent or left; a form without it stays. */
  onClose?: () => void;
}) {
  // What is begun on a line is about that line of that revision, whatever comes in meanwhile.
  const [begun, setBegun] = useState({ revision: newest, line: asked });
  const { revision, line } = asked === undefined ? { revision: newest, line: undefined } : begun;
  const field = useId();
  const place = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const [until, setUntil] = useState("");
  const keptAt = asked === undefined ? "any" : onLine(asked.number);
  // What comes after a line of an earlier revision may have changed since.
  const range = line !== undefined && revision === newest && following.length > 0;
  const last = line !== undefined && until !== "" ? Number(until) : undefined;
  function keep(words: string, end: number | undefined): void {
    const about = line === undefined ? {} : { line: { ...line, ...(end === undefined ? {} : { until: end }) } };
    keepWords(proposalId, keptAt, { text: words, revision, ...about });
  }
  function write(next: string): void {
    setText(next);
    keep(next, last);
  }
  function leave(): void {
    keepWords(proposalId, keptAt, null);
    setText("");
    setChosen("");
    setUntil("");
    onClose?.();
  }
  const { run, pending } = useAction(comment, { onDone: leave });
  useEffect(() => {
    const kept = readKeptWords(proposalId, keptAt);
    if (kept !== null) {
      setText(kept.text);
      setBegun({ revision: kept.revision, line: kept.line });
      setUntil(kept.line?.until?.toString() ?? "");
    }
  }, [proposalId, keptAt]);
  useEffect(() => {
    if (times > 0) place.current?.focus();
  }, [times]);
  const about = line?.number ?? (chosen === "" ? undefined : Number(chosen));
  function send(): void {
    if (text.trim() === "" || pending) return;
    const to = last === undefined ? {} : { endLine: last };
    run({ id: proposalId, text, revision, ...(about === undefined ? {} : { line: about, ...to }) });
  }
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={field} className="sr-only">
        {line === undefined
          ? "Comment"
          : `Comment on line ${line.number}${revision === newest ? "" : ` of revision ${revision}`}`}
      </label>
      <Textarea
        ref={place}
        id={field}
        value={text}
        required
        placeholder={over ? "Say something" : "Say something; the next attempt reads it"}
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            send();
          } else if (event.key === "Escape") {
            // Left, not given up: the keys of the page work again, and what is written stays.
            event.currentTarget.blur();
            if (onClose !== undefined && text.trim() === "") leave();
          }
        }}
      />
      <div className="flex flex-wrap items-center gap-2">
        {line !== undefined && (
          <Button
            variant="ghost"
            size="sm"
            onClick={() => {
              const more = range && last !== undefined ? following.slice(0, Math.max(0, last - line.number)) : [];
              const suggestion = suggestionFor([line.text, ...more].join("\n"));
              write(`${text === "" ? "" : `${text.trimEnd()}\n`}${suggestion}\n`);
              place.current?.focus();
            }}
          >
            Suggest a change
          </Button>
        )}
        {line !== undefined && !range && last !== undefined && (
          <span className="text-muted-foreground text-xs">
            On {linesInWords(line.number, last)} of revision {revision}
          </span>
        )}
        {range && (
          <span className="inline-flex items-center gap-2 whitespace-nowrap">
            <label htmlFor={`${field}-until`} className="text-muted-foreground text-xs">
              Line {line.number} to
            </label>
            <Input
              id={`${field}-until`}
              type="number"
              min={line.number}
              max={line.number + following.length}
              value={until}
              placeholder={String(line.number)}
              className="h-7 w-20"
              onChange={(event) => {
                setUntil(event.target.value);
                keep(text, event.target.value === "" ? undefined : Number(event.target.value));
              }}
            />
          </span>
        )}
        {lines !== undefined && (
          <>
            <label htmlFor={`${field}-line`} className="text-muted-foreground text-xs">
              On line
            </label>
            <Input
              id={`${field}-line`}
              type="number"
              min={1}
              max={lines}
              value={chosen}
              placeholder="any"
              className="h-7 w-20"
              onChange={(event) => setChosen(event.target.value)}
            />
          </>
        )}
        <span className="ml-auto flex gap-1">
          {onClose !== undefined && (
            <Button variant="ghost" size="sm" disabled={pending} onClick={leave}>
              Cancel
            </Button>
          )}
          <Button type="submit" variant="outline" size="sm" pending={pending} disabled={text.trim() === ""}>
            Comment
          </Button>
        </span>
      </div>
    </form>
  );
}
