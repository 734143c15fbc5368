"use client";
import { useState } from "react";
import type { ActionResult } from "../action-result.ts";
import { toast } from "./toast.ts";

type Refusal = Extract<ActionResult<unknown>, { ok: false }>;

/** What is wrong with each field of a form, by the field's name in the command. */
export type Faults = Readonly<Record<string, string>>;

/**
 * Says what is wrong in the words of the form: beside the field, behind its label. What is about no field of it is a notice.
 * @param labels the form's fields by their names in the command; "model.name" for a member
 */
export function useFieldFaults(labels: Readonly<Record<string, string>>): {
  faults: Faults;
  set: (faults: Faults) => void;
  /** For `onRefused`. */
  take: (refusal: Refusal) => void;
  /** What a field has to say about itself; `describedBy` is the id of a text that stands beside it anyway. */
  of: (name: string, id: string, describedBy?: string) => { "aria-invalid"?: true; "aria-describedby"?: string };
} {
  const [faults, set] = useState<Faults>({});
  function take({ message, details }: Refusal): void {
    const errors = (details.errors ?? []) as readonly { readonly path: string; readonly message: string }[];
    const mine = errors.filter(({ path }) => Object.hasOwn(labels, path));
    // Of several about one field the first says most.
    set(Object.fromEntries(mine.reverse().map((one) => [one.path, one.message])));
    if (mine.length === 0) toast.error(message);
  }
  return {
    faults,
    set,
    take,
    of(name, id, describedBy) {
      const ids = [faults[name] === undefined ? [] : `${id}-fault`, describedBy ?? []].flat();
      return {
        ...(faults[name] === undefined ? {} : { "aria-invalid": true as const }),
        ...(ids.length === 0 ? {} : { "aria-describedby": ids.join(" ") }),
      };
    },
  };
}

/** The fault beside its field. */
export function FieldFault({ id, label, fault }: { id: string; label: string; fault: string | undefined }) {
  if (fault === undefined) return null;
  return (
    <p id={`${id}-fault`} role="alert" className="text-danger text-xs [overflow-wrap:anywhere]">
      {label}: {fault}.
    </p>
  );
}
