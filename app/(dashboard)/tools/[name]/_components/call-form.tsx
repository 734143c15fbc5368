"use client";
import { Play } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { inert } from "#app/_ui/displayable.ts";
import { fieldClasses, Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import { Textarea } from "#app/_ui/textarea.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Json } from "#lib/core/json.ts";
import { call } from "../actions.ts";
import type { Answer } from "./call-answer.tsx";
import { type Field, fieldsOf, inputOf } from "./input-fields.ts";

const callAnswer = onDemand(() => import("./call-answer.tsx"));

function FieldInput({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const id = useId();
  return (
    <div className="grid gap-1">
      <Label htmlFor={id}>
        {field.name}
        {!field.required && <span className="font-normal text-muted-foreground"> (optional)</span>}
      </Label>
      {field.choices !== null ? (
        <select
          id={id}
          className={`${fieldClasses} h-8 px-2`}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {!field.required && <option value="">–</option>}
          {field.choices.map(({ shown }) => (
            <option key={shown} value={shown}>
              {inert(shown)}
            </option>
          ))}
        </select>
      ) : field.kind === "json" ? (
        <Textarea
          id={id}
          rows={3}
          className="font-mono text-xs"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      ) : (
        <Input
          id={id}
          inputMode={field.kind === "number" ? "decimal" : undefined}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {field.description !== "" && <p className="text-muted-foreground text-xs">{field.description}</p>}
    </div>
  );
}

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
  const [fault, setFault] = useState<string | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  /** Under an input that was refused an earlier answer would pass for its own. */
  function refuse(message: string): void {
    setFault(message);
    setAnswer(null);
  }
  const { run, pending } = useAction(call, { onDone: setAnswer, onRefused: ({ message }) => refuse(message) });
  function submit(): void {
    setFault(null);
    const input = inputOf(fields, values);
    if (input.ok) run({ name: tool, input: input.value });
    else refuse(input.message);
  }
  return (
    <form
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
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {fault !== null && (
        <p className="text-13 text-danger" role="alert">
          {fault}
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
