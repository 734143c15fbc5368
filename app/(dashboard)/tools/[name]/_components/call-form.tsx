"use client";
import { Play } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { FieldFault } from "#app/_ui/field-faults.tsx";
import { fieldClasses, Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Json } from "#lib/core/json.ts";
import { call } from "../actions.ts";
import type { Answer } from "./call-answer.tsx";
import { type Field, type FieldFaults, faultsOf, fieldsOf, inputOf } from "./input-fields.ts";

const callAnswer = onDemand(() => import("./call-answer.tsx"));

/** Enter sends, as in a field of one line; with Shift, and in what is pasted, it is a line break. */
function sendOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}

function FieldInput({
  field: { name, kind, required, choices, description },
  value,
  fault,
  onChange,
}: {
  field: Field;
  value: string;
  fault: string | undefined;
  onChange: (value: string) => void;
}) {
  const id = useId();
  const describedBy = [fault === undefined ? [] : `${id}-fault`, description === "" ? [] : `${id}-what`].flat();
  const props = {
    id,
    value,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
    ...(fault === undefined ? {} : { "aria-invalid": true }),
    ...(describedBy.length === 0 ? {} : { "aria-describedby": describedBy.join(" ") }),
  };
  return (
    <div className="grid gap-1">
      <Label htmlFor={id}>
        {name}
        {!required && <span className="font-normal text-muted-foreground"> (optional)</span>}
      </Label>
      {choices !== null ? (
        <select {...props} className={`${fieldClasses} h-8 px-2`}>
          {!required && <option value="">–</option>}
          {choices.map(({ shown }) => (
            <option key={shown} value={shown}>
              {inert(shown)}
            </option>
          ))}
        </select>
      ) : kind === "json" ? (
        <Textarea {...props} rows={3} className="font-mono text-xs" />
      ) : kind === "number" ? (
        <Input {...props} inputMode="decimal" />
      ) : (
        <Textarea {...props} rows={1} className="field-sizing-content min-h-8 py-1.5" onKeyDown={sendOnEnter} />
      )}
      <FieldFault id={id} label={name} fault={fault === undefined ? undefined : inert(fault)} />
      {description !== "" && (
        <p id={`${id}-what`} className="text-muted-foreground text-xs">
          {description}
        </p>
      )}
    </div>
  );
}

const NONE: FieldFaults = new Map();

/** A form made from the input schema; a schema that is no plain object gets one field for JSON. */
export function CallForm({
  tool,
  inputSchema,
  example,
}: {
  tool: string;
  inputSchema: Record<string, Json> | null;
  example: Json | undefined;
}) {
  const fields = fieldsOf(inputSchema, example);
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(fields.map(({ name, initial }) => [name, initial])),
  );
  const form = useRef<HTMLFormElement>(null);
  /** What is wrong with fields; and, of what was refused, what is about none of them. */
  const [faults, setFaults] = useState(NONE);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  // Once they are on the page: whoever sent them goes on where the first one stands.
  useEffect(() => {
    if (faults.size > 0) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [faults]);
  /** Under an input that was refused an earlier answer would pass for its own. */
  function refuse(message: string | null): void {
    setRefusal(message);
    setAnswer(null);
  }
  const { run, pending } = useAction(call, {
    onDone: (answered) => {
      setAnswer(answered);
      setFaults(faultsOf(fields, answered.faults));
    },
    onRefused: ({ message }) => refuse(message),
  });
  function submit(): void {
    const input = inputOf(fields, values);
    setFaults(input.ok ? NONE : input.faults);
    if (!input.ok) refuse(null);
    else {
      setRefusal(null);
      run({ name: tool, input: input.value });
    }
  }
  return (
    <form
      ref={form}
      className="grid grid-cols-[minmax(0,1fr)] gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          field={field}
          value={values[field.name] ?? ""}
          fault={faults.get(field.name)}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {refusal !== null && (
        <p className="text-13 text-danger" role="alert">
          {refusal}
        </p>
      )}
      <div>
        <Button type="submit" pending={pending} className="max-w-full">
          {!pending && <Play aria-hidden />}
          <span className="truncate">Call {tool}</span>
        </Button>
      </div>
      {answer !== null && <Brought part={callAnswer} answer={answer} />}
    </form>
  );
}
