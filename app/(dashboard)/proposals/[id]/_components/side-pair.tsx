import { Split } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { type Highlight, JsonView } from "#app/_ui/json-view.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import type { Difference, SideResult } from "#lib/core/evidence.ts";

/** What two versions did with the same input, and the paths at which their answers differ. */
export function SidePair({
  old,
  fresh,
  differences,
  baseVersion,
}: {
  old: SideResult;
  fresh: SideResult;
  differences: readonly Difference[];
  baseVersion: number;
}) {
  const paths = differences.map(({ path }) => path);
  const bothAnswered = old.output !== undefined && fresh.output !== undefined;
  return (
    <div className="flex flex-col gap-2.5">
      <div className="grid gap-2.5 sm:grid-cols-2 lg:grid-cols-1 2xl:grid-cols-2">
        <Side title={`v${baseVersion}`} side={old} paths={bothAnswered ? paths : []} highlight="before" />
        <Side title="new" side={fresh} paths={bothAnswered ? paths : []} highlight="after" />
      </div>
      {bothAnswered && differences.length > 0 && (
        <ul className="flex flex-col gap-0.5 font-mono text-xs" aria-label="Differences">
          {differences.slice(0, 20).map(({ path, before, after }) => (
            <li key={path} className="[overflow-wrap:anywhere]">
              <span className="text-muted-foreground">{path === "" ? "(all)" : path}</span>{" "}
              <del className="text-danger no-underline">{short(before)}</del> →{" "}
              <ins className="text-success no-underline">{short(after)}</ins>
            </li>
          ))}
          {differences.length > 20 && <li className="text-muted-foreground">… and {differences.length - 20} more</li>}
        </ul>
      )}
    </div>
  );
}

function short(value: Difference["before"]): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value);
  return text.length > 120 ? `${beginning(text, 119)}…` : text;
}

function Side({
  title,
  side,
  paths,
  highlight,
}: {
  title: string;
  side: SideResult;
  paths: readonly string[];
  highlight: Highlight;
}) {
  return (
    <div className="min-w-0 rounded-md border bg-background">
      <div className="flex items-center gap-2 border-b px-2.5 py-1.5">
        <span className="font-medium text-xs">{title}</span>
        {side.status === "diverged" ? (
          <Badge tone="warning">
            <Split aria-hidden />
            Diverged
          </Badge>
        ) : (
          <OutcomeBadge value={side.status} />
        )}
        <span className="ml-auto text-muted-foreground text-xs">{milliseconds(side.latencyMs)}</span>
      </div>
      <div className="flex flex-col gap-1.5 px-2.5 py-2">
        {side.error !== undefined && (
          <p className="font-mono text-xs [overflow-wrap:anywhere]">
            <span className="font-medium">{inert(side.error.code ?? side.error.name)}</span>
            {side.error.message !== "" && <span className="text-muted-foreground">: {inert(side.error.message)}</span>}
          </p>
        )}
        {side.output !== undefined && (
          <JsonView value={side.output} paths={paths} highlight={highlight} className="pl-3.5" />
        )}
        {side.askedFor !== undefined && (
          <p className="font-mono text-xs [overflow-wrap:anywhere]">
            asked for {side.askedFor.kind} {JSON.stringify(side.askedFor.request)}, which was not recorded
          </p>
        )}
        {side.error === undefined && side.output === undefined && side.askedFor === undefined && (
          <p className="text-muted-foreground text-xs">no output</p>
        )}
        {side.effects.length > 0 && (
          <details className="text-xs">
            <summary className="text-muted-foreground">
              {side.effects.length} {side.effects.length === 1 ? "effect" : "effects"}
            </summary>
            <ol className="mt-1 flex flex-col gap-1 font-mono">
              {side.effects.map((effect) => (
                <li key={effect.call} className="[overflow-wrap:anywhere]">
                  {effect.kind} <span className="text-muted-foreground">{JSON.stringify(effect.request)}</span>
                  {effect.error !== undefined && <span className="text-danger"> {effect.error.name}</span>}
                </li>
              ))}
            </ol>
          </details>
        )}
      </div>
    </div>
  );
}
