import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { beginning, inert } from "./displayable.ts";

/** Of a text from a tool; sources, which have numbered lines, are shown whole. */
const SHOWN = 20_000;

/** Text shown as it is: nothing in it is ever run, linked or interpreted. */
export function CodeBlock({
  text,
  label,
  lineNumbers = false,
  copy = true,
  className,
}: {
  text: string;
  /** What it is, for those who cannot see it. */
  label: string;
  lineNumbers?: boolean;
  copy?: boolean;
  className?: string;
}) {
  const most = lineNumbers ? Number.POSITIVE_INFINITY : SHOWN;
  const lines = text.replace(/\n$/, "").split("\n");
  return (
    <div className={cn("group/code relative min-w-0 rounded-md border bg-muted/50", className)}>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-[inherit] overflow-auto rounded-[inherit]"
      >
        <pre className="w-fit min-w-full px-3 py-2 font-mono text-xs leading-5">
          {lineNumbers ? (
            <code className="grid grid-cols-[auto_1fr] gap-x-4">
              {lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
                <span key={index} className="contents">
                  <span aria-hidden className="select-none text-right text-muted-foreground">
                    {index + 1}
                  </span>
                  <span>{line === "" ? " " : inert(line)}</span>
                </span>
              ))}
            </code>
          ) : (
            <code>{inert(text.length > most ? beginning(text, most) : text)}</code>
          )}
          {text.length > most && (
            <span className="block text-muted-foreground">
              … {(text.length - most).toLocaleString("en")} more characters
            </span>
          )}
        </pre>
      </section>
      {copy && (
        <CopyButton
          text={text}
          label={`Copy ${label}`}
          className="absolute top-1 right-1 bg-card opacity-0 focus-visible:opacity-100 group-hover/code:opacity-100 pointer-coarse:opacity-100"
        />
      )}
    </div>
  );
}
