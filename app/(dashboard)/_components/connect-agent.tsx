import { headers } from "next/headers";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { beginning, displayable } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { milliseconds } from "#app/_ui/relative-time.ts";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import { getContext } from "#app/context.ts";
import { holds } from "#lib/core/actor.ts";
import { readFirstCall } from "#lib/queries/first-call.ts";
import { AgentSnippet } from "./agent-snippet.tsx";
import { EffectList } from "./effect-list.tsx";

/** The address that this page was asked for at: an agent on the same machine or network reaches it the same way. */
async function addressOf(): Promise<string> {
  const header = await headers();
  return `${header.get("x-forwarded-proto") ?? "http"}://${header.get("host") ?? "127.0.0.1"}`;
}

/** The snippet to paste. */
export async function ConnectAgent() {
  const context = await getContext();
  return <AgentSnippet address={await addressOf()} mayMakeKey={holds(context.caller, "admin")} />;
}

/** Waits for the first call after a moment, and shows it with its effects when it came. */
export async function FirstCall({ since }: { since: Date }) {
  const call = displayable(await readFirstCall(await getContext(), since));
  if (call === null)
    return (
      <p className="flex items-center gap-2" role="status">
        Waiting for the first call
        <span className="size-2.5 animate-pulse rounded-full bg-warning motion-reduce:animate-none" aria-hidden />
      </p>
    );
  return (
    <Card aria-label="The first call">
      <CardHeader>
        <span className="size-2.5 shrink-0 rounded-full bg-success" aria-hidden />
        <CardTitle>
          <span role="status">The first call has come</span>
        </CardTitle>
        <RelativeTime at={call.startedAt} className="text-muted-foreground text-xs" />
        <Button asChild className="ml-auto">
          <Link href={`/executions/${call.id}`}>Open the call</Link>
        </Button>
      </CardHeader>
      <CardContent className="grid grid-cols-[minmax(0,1fr)] gap-1.5 border-b text-13">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <OutcomeBadge value={call.status} />
          <Link
            href={`/tools/${call.tool}`}
            className="min-w-0 truncate font-medium hover:underline"
            title={`The tool ${call.tool}`}
          >
            {call.tool}
          </Link>
          <span className="text-muted-foreground">
            version {call.version}, by {call.caller}, {milliseconds(call.latencyMs)}
          </span>
        </p>
        <p className="truncate font-mono text-xs">{beginning(JSON.stringify(call.input), 300)}</p>
        <p className="truncate font-mono text-muted-foreground text-xs">
          {call.error === undefined
            ? beginning(JSON.stringify(call.output ?? null), 300)
            : beginning(`${call.error.code ?? call.error.name}: ${call.error.message}`, 300)}
        </p>
      </CardContent>
      <h3 className="px-4 pt-3 font-medium text-13">Its effects</h3>
      <EffectList effects={call.effects} />
    </Card>
  );
}
