"use client";
import { CodeBlock } from "#app/_ui/code-block.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { Link } from "#app/_ui/link.tsx";
import { OutcomeBadge } from "#app/_ui/status-badge.tsx";
import type { call } from "../actions.ts";

export type Answer = Extract<Awaited<ReturnType<typeof call>>, { ok: true }>["value"];

/** What a call from the form came to. */
export default function CallAnswer({ answer }: { answer: Answer }) {
  return (
    <section aria-label="Answer" aria-live="polite" className="grid gap-2 border-t pt-3">
      <div className="flex items-center gap-3 text-13">
        <OutcomeBadge value={answer.status} />
        <span className="text-muted-foreground tabular-nums">{answer.latencyMs.toFixed(1)} ms</span>
        <Link href={`/executions/${answer.id}`} className="ml-auto text-link hover:underline">
          Open the execution
        </Link>
      </div>
      <CodeBlock text={textOf(answer)} label={answer.error === null ? "Output" : "Error"} />
    </section>
  );
}

function textOf({ error, output, faults }: Answer): string {
  if (error === null) return JSON.stringify(output, null, 2);
  // What a schema refuses may be many places, and in one line the first is all that is read.
  const places = faults.map(({ path, message }) => `\n${path === "" ? "the input" : path} ${message}`);
  return inert(`${error.code ?? error.name}: ${places.length === 0 ? error.message : places.join("")}`);
}
