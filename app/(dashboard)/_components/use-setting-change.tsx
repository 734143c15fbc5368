"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useRef, useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { ActionResult } from "#app/action-result.ts";

type Refusal = Extract<ActionResult<unknown>, { ok: false }>;

/**
 * Changes settings, with what was seen of them. Where somebody else has changed one of them meanwhile, it asks whose is to
 * stand.
 * @param options.onTheirs forgets what was typed of these settings; the rest is still to be saved
 * @returns `question` has to be shown
 */
export function useSettingChange<Input extends { seen?: object | undefined }, Value>(
  action: (input: Input) => Promise<ActionResult<Value>>,
  options: {
    onDone: (value: Value) => void;
    onRefused?: (refusal: Refusal) => void;
    onTheirs?: (names: readonly string[]) => void;
  },
): { run: (input: Input) => void; pending: boolean; question: ReactNode } {
  const router = useRouter();
  const sent = useRef<Input | null>(null);
  const [conflict, setConflict] = useState<{ mine: Input; message: string; names: string[] } | null>(null);
  const change = useAction(action, {
    onDone: options.onDone,
    onRefused: (refusal) => {
      const { changed, now } = refusal.details as { changed?: { name: string }[]; now?: object };
      if (changed !== undefined && now !== undefined && sent.current !== null)
        setConflict({
          mine: { ...sent.current, seen: now },
          message: refusal.message,
          names: changed.map(({ name }) => name),
        });
      else if (options.onRefused !== undefined) options.onRefused(refusal);
      else toast.error(refusal.message);
    },
  });
  function run(input: Input): void {
    sent.current = input;
    change.run(input);
  }
  const question = conflict !== null && (
    <AskedQuestion
      title="It was changed while you were at it"
      effect={conflict.message}
      button="Save mine"
      instead={{
        button: "Take theirs",
        run: () => {
          options.onTheirs?.(conflict.names);
          router.refresh();
        },
      }}
      onYes={() => run(conflict.mine)}
      onClose={() => setConflict(null)}
    />
  );
  return { run, pending: change.pending, question };
}
