import { join } from "node:path";
import { headers } from "next/headers";
import { Button } from "#app/_ui/button.tsx";
import { Card, CardContent, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
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

/**
 * The snippet to paste.
 * @param since where the page waits for calls since then: a key that is made here is the one it waits for
 */
export async function ConnectAgent({ since }: { since?: number }) {
  const context = await getContext();
  const keyFile = join(context.environment.home, "admin-key");
  return (
    <AgentSnippet
      address={await addressOf()}
      keyFile={keyFile}
      mayMakeKey={holds(context.caller, "admin")}
      since={since}
    />
  );
}

/**
 * Waits for the first call after a moment, and shows it with its effects when it came.
 * @param agent name of the key whose calls alone count
 */
export async function FirstCall({ since, agent }: { since: Date; agent?: string | undefined }) {
  const context = await getContext();
  const { call, wasCalling, none } = displayable(await readFirstCall(context, since, agent));
  const shownAgent = agent === undefined ? undefined : displayable(agent);
  if (call === null)
    return (
      <div className="grid gap-1 text-13">
        <p className="flex items-center gap-2 text-sm [overflow-wrap:anywhere]" role="status">
          {shownAgent !== undefined
            ? `Waiting for the first call by ${shownAgent}`
            : none
              ? "Waiting for the first call"
              : "Waiting for the next call"}
          <span
            className="size-2.5 shrink-0 animate-pulse rounded-full bg-warning motion-reduce:animate-none"
            aria-hidden
          />
        </p>
        {!none && (
          <p className="text-muted-foreground">
            {shownAgent !== undefined
              ? "Calls of others do not count here."
              : "Others have called already. With a key that is made for it here, only its calls count; without, the next call of anybody does."}
          </p>
        )}
      </div>
    );
  return (
    <Card aria-label="The first call">
      <CardHeader>
        <span className={cn("size-2.5 shrink-0 rounded-full", wasCalling ? "bg-warning" : "bg-success")} aria-hidden />
        <CardTitle>
          <span role="status">
            {wasCalling ? `A call has come, by ${call.caller} as before` : "The first call has come"}
          </span>
        </CardTitle>
        <RelativeTime at={call.startedAt} className="text-muted-foreground text-xs" />
        <Button asChild className="ml-auto">
          <Link href={`/executions/${call.id}`}>Open the call</Link>
        </Button>
      </CardHeader>
      {wasCalling && (
        <p className="border-b px-4 py-3 text-13 [overflow-wrap:anywhere]">
          {call.caller} was calling already when this page began to wait, so this says nothing of an agent that is new.
          Make a key for yours here: then only its calls count.
        </p>
      )}
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
        <p className="truncate font-mono text-xs">
          {call.recording === "off" ? "input not recorded" : beginning(JSON.stringify(call.input), 300)}
        </p>
        <p className="truncate font-mono text-muted-foreground text-xs">
          {call.error === undefined
            ? call.recording === "off"
              ? "output not recorded"
              : beginning(JSON.stringify(call.output ?? null), 300)
            : beginning(`${call.error.code ?? call.error.name}: ${call.error.message}`, 300)}
        </p>
      </CardContent>
      <h3 className="px-4 pt-3 font-medium text-13">Its effects</h3>
      <EffectList effects={call.effects} recorded={call.recording !== "off"} />
    </Card>
  );
}
