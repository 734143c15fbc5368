import { Button } from "#app/_ui/button.tsx";
import type { Comment } from "#lib/core/proposal.ts";
import { partsOf } from "./suggestions.ts";

/** The lines that a comment is about, as they stand in what is shown. */
export type SaidLines = { readonly from: number; readonly to: number; readonly text: string };

/** Makes a revision of a suggestion for lines. */
export type Take = {
  readonly run: (lines: SaidLines, suggestion: string, by: string) => void;
  readonly pending: boolean;
};

/** The text of a comment; suggestions in it are shown as changes of its lines, and taken with one click. */
export function SaidText({
  said,
  lines = null,
  take = null,
}: {
  said: Comment;
  lines?: SaidLines | null;
  take?: Take | null;
}) {
  const several = said.endLine !== undefined;
  return (
    <div className="flex flex-col gap-1.5">
      {partsOf(said.text).map((part, index) =>
        "words" in part ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts stay where they are
          <p key={index} className="whitespace-pre-wrap [overflow-wrap:anywhere]">
            {part.words}
          </p>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <figure key={index} className="overflow-hidden rounded-md border">
            <figcaption className="flex items-center gap-2 border-b bg-muted/50 px-2.5 py-1 text-xs">
              <span className="text-muted-foreground">
                {part.suggestion === "" ? `Suggests to take ${several ? "these lines" : "the line"} out` : "Suggests"}
              </span>
              {take !== null && lines !== null && part.suggestion !== lines.text && (
                <Button
                  size="sm"
                  variant="outline"
                  className="ml-auto"
                  pending={take.pending}
                  onClick={() => take.run(lines, part.suggestion, said.actor.name)}
                >
                  Take it
                </Button>
              )}
            </figcaption>
            <pre className="whitespace-pre-wrap py-0.5 [overflow-wrap:anywhere] font-mono text-xs leading-5">
              {lines !== null && (
                <code className="block bg-danger-soft px-2.5">{lines.text.replaceAll(/^/gm, "− ")}</code>
              )}
              {part.suggestion !== "" && (
                <code className="block bg-success-soft px-2.5">{part.suggestion.replaceAll(/^/gm, "+ ")}</code>
              )}
            </pre>
          </figure>
        ),
      )}
    </div>
  );
}
