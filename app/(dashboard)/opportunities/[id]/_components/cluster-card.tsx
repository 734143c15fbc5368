import { CodeBlock } from "#app/_ui/code-block.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { Sparkline } from "#app/_ui/sparkline.tsx";
import { RelativeTime } from "#app/_ui/time.tsx";
import type { Cluster, Opportunity } from "#lib/core/opportunity.ts";
import { isSuspicion } from "#lib/core/suspicion.ts";
import { callsOfCluster } from "#lib/queries/counted-calls.ts";

/** As much of an error's message as its cluster shows; the whole is on the call's page. */
const LONGEST_MESSAGE = 300;

/** Calls that went wrong in the same way: how many, since when, an example, and the smallest input. */
export function ClusterCard({
  cluster,
  of: opportunity,
  example,
  inputName,
  list,
}: {
  cluster: Cluster;
  of: Opportunity;
  example: string | undefined;
  /** How its smallest input is called. */
  inputName: string;
  /** Address of the list of its calls, where they are late or wrong; null where there is none of exactly these. */
  list: string | null;
}) {
  const { kind } = opportunity;
  const failed = kind === "failing" || kind === "degrading";
  const calls = failed ? callsOfCluster(opportunity, cluster) : list;
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-3 text-13">
        <span className="font-medium">
          {isSuspicion(opportunity)
            ? `${cluster.count} answers`
            : `${cluster.count} × ${cluster.errorCode ?? cluster.errorName}`}
        </span>
        <Sparkline kind="bars" tone="danger" values={cluster.timeline} />
        <span className="text-muted-foreground text-xs">
          first <RelativeTime at={cluster.firstSeen} />, last <RelativeTime at={cluster.lastSeen} />
        </span>
        {calls !== null && (
          <Link href={calls} className="ml-auto text-link hover:underline">
            {cluster.count === 1 ? "The call" : `These ${cluster.count} calls`}
          </Link>
        )}
      </div>
      <p className="text-13 text-muted-foreground [overflow-wrap:anywhere]">{cluster.message}</p>
      {failed && example !== undefined && (
        <p className="text-13 [overflow-wrap:anywhere]">
          <span className="text-muted-foreground">For example:</span> {inert(beginning(example, LONGEST_MESSAGE))}
          {example.length > LONGEST_MESSAGE && "…"}
        </p>
      )}
      {cluster.frames.length > 0 && (
        <p className="font-mono text-muted-foreground text-xs [overflow-wrap:anywhere]">
          at {cluster.frames.join(" ‹ ")}
        </p>
      )}
      <div className="grid gap-1">
        <p className="text-muted-foreground text-xs">
          {inputName} ·{" "}
          <Link href={`/executions/${cluster.smallestExecutionId}`} className="text-link underline">
            open the call
          </Link>
        </p>
        <CodeBlock text={JSON.stringify(cluster.smallestInput, null, 2)} label="Smallest input" />
      </div>
    </li>
  );
}
