"use client";
import { Play } from "lucide-react";
import { useId, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { Keys, useShortcut } from "#app/_ui/keyboard.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Difference, SideResult } from "#lib/core/evidence.ts";
import type { Json } from "#lib/core/json.ts";
import { parseJson } from "../../../_components/parse-json.ts";
import { tryOwnInput } from "../actions.ts";
import { SidePair } from "./side-pair.tsx";

/** What a server action takes is a megabyte, with what is written around the input. */
const MOST_BYTES = 900_000;

type Tried = { old: SideResult; new: SideResult; differences: Difference[] };

/** One input of the reviewer's own through both versions. Nothing outside is touched. */
export function TryInput({ proposalId, start, baseVersion }: { proposalId: string; start: Json; baseVersion: number }) {
  const field = useId();
  const place = useRef<HTMLTextAreaElement>(null);
  /** Where focus goes by Escape: there single keys are commands again, and Tab leads back. */
  const leave = useRef<HTMLButtonElement>(null);
  const answer = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(() => JSON.stringify(start, null, 2));
  const [wrong, setWrong] = useState<string | null>(null);
  const [tried, setTried] = useState<Tried | null>(null);
  const { run, pending } = useAction(tryOwnInput, {
    onDone: (sides) => {
      setWrong(null);
      setTried(sides);
      requestAnimationFrame(() => answer.current?.scrollIntoView({ block: "nearest" }));
    },
    onRefused: ({ message }) => setWrong(message),
  });
  function submit(): void {
    setTried(null);
    const parsed = parseJson(text);
    if (new Blob([text]).size > MOST_BYTES)
      setWrong("This is more than 900 kB, the most that can be tried here: send it by the API or the command line.");
    else if (!parsed.ok)
      setWrong('This is not JSON: write names and texts in double quotes, for example {"id": "A1"}.');
    else run({ id: proposalId, input: parsed.value });
  }
  useShortcut({
    keys: "i",
    label: "Try an input",
    group: "Review",
    inPalette: true,
    run: () => {
      setOpen(true);
      requestAnimationFrame(() => place.current?.focus());
    },
  });
  return (
    <section
      aria-label="Try your own input"
      className={cn(
        "flex min-h-0 flex-col border-t",
        open && "max-h-[60%] shrink-0",
        open && tried !== null && "[@media(min-height:850px)]:max-h-[80%]",
      )}
    >
      <button
        ref={leave}
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="flex h-9 w-full shrink-0 items-center gap-2 px-3 text-left text-13 outline-offset-[-2px] hover:bg-muted/60"
      >
        <Play aria-hidden className="size-3.5 text-muted-foreground" />
        <span className="shrink-0 font-medium">Try your own input</span>
        <span className="truncate text-muted-foreground text-xs">on both versions; nothing outside is touched</span>
      </button>
      {open && (
        <div className="flex min-h-0 flex-col gap-2.5 overflow-y-auto px-3 pb-3">
          <Textarea
            ref={place}
            id={field}
            aria-label="Your input, as JSON"
            value={text}
            spellCheck={false}
            aria-invalid={wrong !== null || undefined}
            aria-describedby={`${field}-keys${wrong === null ? "" : ` ${field}-wrong`}`}
            className={cn("min-h-16 shrink-0 font-mono text-xs", tried === null ? "max-h-40" : "max-h-16")}
            onChange={(event) => {
              setText(event.target.value);
              // An answer belongs to the input that it was given for.
              setTried(null);
            }}
            onKeyDown={(event) => {
              if (event.key === "Escape") leave.current?.focus();
              if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
              event.preventDefault();
              submit();
            }}
          />
          {wrong !== null && (
            <p id={`${field}-wrong`} role="alert" className="text-danger text-xs">
              {wrong}
            </p>
          )}
          <div className="flex shrink-0 flex-wrap items-center gap-3">
            <Button variant="outline" size="sm" pending={pending} onClick={submit}>
              <Play aria-hidden />
              Run on both
            </Button>
            <span id={`${field}-keys`} className="inline-flex items-center gap-1.5 text-muted-foreground text-xs">
              <Keys keys="escape" /> leaves the text, <Keys keys="mod+enter" /> runs it
            </span>
          </div>
          {tried !== null && (
            <div ref={answer} aria-live="polite">
              <SidePair old={tried.old} fresh={tried.new} differences={tried.differences} baseVersion={baseVersion} />
            </div>
          )}
        </div>
      )}
    </section>
  );
}
