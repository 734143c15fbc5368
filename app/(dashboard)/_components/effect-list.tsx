import { CodeBlock } from "#app/_ui/code-block.tsx";
import { beginning, inert } from "#app/_ui/displayable.ts";
import { milliseconds } from "#app/_ui/relative-time.ts";
import type { Effect } from "#lib/core/tool.ts";

/**
 * What a call touched outside, in the order in which each ended; every one opens to what was asked and answered.
 * @param recorded false where the record says nothing of effects, which is not to say that there were none
 */
export function EffectList({ effects, recorded = true }: { effects: readonly Effect[]; recorded?: boolean }) {
  if (!recorded)
    return (
      <p className="px-4 py-5 text-13 text-muted-foreground">
        Not recorded: whether the call touched anything outside.
      </p>
    );
  if (effects.length === 0)
    return <p className="px-4 py-5 text-13 text-muted-foreground">None: the call touched nothing outside.</p>;
  return (
    <ol className="divide-y">
      {effects.map((effect, index) => (
        <EffectRow key={effect.call} effect={effect} position={index + 1} />
      ))}
    </ol>
  );
}

function EffectRow({ effect, position }: { effect: Effect; position: number }) {
  return (
    <li className="px-4">
      <details>
        <summary className="flex cursor-pointer items-center gap-3 py-2 text-13">
          <span className="text-muted-foreground tabular-nums">{position}</span>
          <span className="font-medium">{effect.kind}</span>
          <span className="min-w-0 flex-1 truncate font-mono text-muted-foreground text-xs">
            {inert(beginning(JSON.stringify(effect.request), 300))}
          </span>
          {effect.error !== undefined && (
            <span className="inline-block max-w-40 truncate align-bottom text-danger" title={inert(effect.error.name)}>
              {inert(effect.error.name)}
            </span>
          )}
          <span className="whitespace-nowrap text-muted-foreground text-xs tabular-nums">
            {milliseconds(Math.max(0, effect.endedMs - effect.startedMs))}
            <span className="max-md:hidden"> from {milliseconds(effect.startedMs)} on</span>
          </span>
        </summary>
        <div className="mb-2 grid grid-cols-[minmax(0,1fr)] gap-2 md:grid-cols-2">
          <CodeBlock text={JSON.stringify(effect.request, null, 2)} label="Asked" />
          <CodeBlock
            text={
              effect.error === undefined
                ? JSON.stringify(effect.response ?? null, null, 2)
                : `${effect.error.name}: ${effect.error.message}`
            }
            label="Answered"
          />
        </div>
      </details>
    </li>
  );
}
