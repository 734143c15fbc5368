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
      <CodeBlock
        text={
          answer.error === null
            ? JSON.stringify(answer.output, null, 2)
            : inert(`${answer.error.code ?? answer.error.name}: ${answer.error.message}`)
        }
        label="Answer"
      />
    </section>
  );
}
