import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Json } from "#lib/core/json.ts";
import { cn } from "./cn.ts";
import { inert } from "./displayable.ts";

const INLINE = 64;
const SHOWN_MEMBERS = 200;
const SHOWN_TEXT = 4_000;
/** A level is three elements, and browsers flatten what is nested deeper than 512: the page would not be the server's. */
const DEEPEST = 32;

/** How a highlighted path is coloured: on the side before it is what went, on the side after it is what came. */
export type Highlight = "before" | "after" | "noise";

const HIGHLIGHTS: Record<Highlight, string> = {
  before: "bg-danger-soft text-danger",
  after: "bg-success-soft text-success",
  noise: "bg-muted text-muted-foreground line-through",
};

type Marks = { readonly paths: ReadonlySet<string>; readonly look: Highlight };

/**
 * A JSON value, folded where it is long. Inert: texts in it are shown, never interpreted.
 * @param paths JSON Pointers (RFC 6901) of the parts to highlight
 */
export function JsonView({
  value,
  paths = [],
  highlight = "after",
  className,
}: {
  value: Json | undefined;
  paths?: readonly string[];
  highlight?: Highlight;
  className?: string;
}) {
  const marks: Marks = { paths: new Set(paths), look: highlight };
  return (
    <div className={cn("min-w-0 overflow-x-auto font-mono text-xs leading-5 [overflow-wrap:anywhere]", className)}>
      {value === undefined ? (
        <span className="text-muted-foreground">no value</span>
      ) : (
        <Value value={value} path="" marks={marks} depth={0} />
      )}
    </div>
  );
}

function Value({
  value,
  path,
  marks,
  depth,
  name,
}: {
  value: Json;
  path: string;
  marks: Marks;
  depth: number;
  /** The member's name, where it is one. */
  name?: string;
}): ReactNode {
  const before = name !== undefined && <Name of={name} />;
  const marked = marks.paths.has(path);
  if (value === null || typeof value !== "object")
    return (
      <>
        {before}
        <Mark look={marked ? marks.look : undefined}>{scalar(value)}</Mark>
      </>
    );
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  const text = JSON.stringify(value);
  if (members.length === 0 || (text.length <= INLINE && !holdsMark(path, marks) && depth > 0))
    return (
      <>
        {before}
        <Mark look={marked ? marks.look : undefined}>
          {members.length === 0 ? `${open}${close}` : <Inline value={value} />}
        </Mark>
      </>
    );
  if (depth >= DEEPEST)
    return (
      <>
        {before}
        <Mark look={marked || holdsMark(path, marks) ? marks.look : undefined}>
          <span className="text-muted-foreground">(what is deeper, as text) </span>
          <LongText text={text} />
        </Mark>
      </>
    );
  return (
    <details
      open={depth < 3 || holdsMark(path, marks)}
      className={cn("group/json", marked && cn("rounded-sm", HIGHLIGHTS[marks.look]))}
    >
      <summary className="inline-flex list-none items-center gap-1 rounded-sm">
        <ChevronRight
          aria-hidden
          className="-mr-0.5 -ml-3.5 size-3 text-muted-foreground transition-transform group-open/json:rotate-90"
        />
        {before}
        <span>{open}</span>
        <span className="text-muted-foreground group-open/json:hidden">
          {members.length} {Array.isArray(value) ? "items" : "members"} {close}
        </span>
      </summary>
      <ul className="border-l pl-4">
        {members.slice(0, SHOWN_MEMBERS).map(([key, member]) => (
          <li key={key} className="pl-1">
            <Value
              value={member}
              path={`${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`}
              marks={marks}
              depth={depth + 1}
              {...(Array.isArray(value) ? {} : { name: key })}
            />
          </li>
        ))}
        {members.length > SHOWN_MEMBERS && (
          <li className="text-muted-foreground">… and {members.length - SHOWN_MEMBERS} more</li>
        )}
      </ul>
      <span>{close}</span>
    </details>
  );
}

function Inline({ value }: { value: Json }): ReactNode {
  if (value === null || typeof value !== "object") return scalar(value);
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
  return (
    <>
      {Array.isArray(value) ? "[" : "{ "}
      {members.map(([key, member], index) => (
        <span key={key}>
          {index > 0 && ", "}
          {!Array.isArray(value) && <Name of={key} />}
          <Inline value={member} />
        </span>
      ))}
      {Array.isArray(value) ? "]" : " }"}
    </>
  );
}

/** A member's name; an empty one is seen as well. */
function Name({ of }: { of: string }): ReactNode {
  return <span className="text-muted-foreground">{of === "" ? '""' : inert(of)}: </span>;
}

function scalar(value: null | boolean | number | string): ReactNode {
  if (value === null) return <span className="text-muted-foreground">null</span>;
  if (typeof value !== "string") return <span className="text-info">{String(value)}</span>;
  return <LongText text={value} write={JSON.stringify} />;
}

/** @param write how the part that is shown is written */
function LongText({ text, write = (shown) => shown }: { text: string; write?: (shown: string) => string }): ReactNode {
  const shown = text.slice(0, (text.codePointAt(SHOWN_TEXT - 1) ?? 0) > 0xffff ? SHOWN_TEXT - 1 : SHOWN_TEXT);
  return (
    <>
      <span className="whitespace-pre-wrap">{inert(write(shown))}</span>
      {text.length > SHOWN_TEXT && (
        <span className="text-muted-foreground"> … {text.length - shown.length} more characters</span>
      )}
    </>
  );
}

function Mark({ look, children }: { look: Highlight | undefined; children: ReactNode }): ReactNode {
  return look === undefined ? (
    children
  ) : (
    <mark className={cn("rounded-xs px-0.5 [&_*]:text-inherit", HIGHLIGHTS[look])}>{children}</mark>
  );
}

function holdsMark(path: string, marks: Marks): boolean {
  for (const marked of marks.paths) if (marked.startsWith(`${path}/`)) return true;
  return false;
}
