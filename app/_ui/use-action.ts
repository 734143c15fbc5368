"use client";
import { useTransition } from "react";
import type { ActionResult } from "../action-result.ts";
import { toast } from "./toast.ts";

/**
 * Runs a server action: `pending` while it is under way, a toast with the sentence of a refusal, `onDone` with the value.
 * @param onRefused takes the refusal instead of the toast
 */
export function useAction<Input, Value>(
  action: (input: Input) => Promise<ActionResult<Value>>,
  options: {
    onDone?: (value: Value) => void;
    onRefused?: (refusal: Extract<ActionResult<Value>, { ok: false }>) => void;
  } = {},
): { run: (input: Input) => void; pending: boolean } {
  const [pending, start] = useTransition();
  function run(input: Input): void {
    start(async () => {
      let result: ActionResult<Value>;
      try {
        result = await action(input);
      } catch {
        toast.error("The server did not answer: nothing is known to have changed. Try again.");
        return;
      }
      if (result.ok) options.onDone?.(result.value);
      else if (options.onRefused !== undefined) options.onRefused(result);
      else toast.error(result.message);
    });
  }
  return { run, pending };
}
