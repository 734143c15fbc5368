"use client";
import { useId, useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { FieldFault, useFieldFaults } from "#app/_ui/field-faults.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { dropSecret, keepSecret } from "../actions.ts";

const LABELS = { name: "Name", value: "Value" };

/** Sets a secret; what was typed is gone from the page afterwards. */
export function SecretForm() {
  const id = useId();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const faults = useFieldFaults(LABELS);
  const { run, pending } = useAction(keepSecret, {
    onRefused: faults.take,
    onDone: (made) => {
      faults.set({});
      setName("");
      setValue("");
      toast.success(`The secret ${made.name} is set.`);
    },
  });
  return (
    <form
      className="grid max-w-sm gap-3 text-13"
      onSubmit={(event) => {
        event.preventDefault();
        run({ name, value });
      }}
    >
      <div className="grid gap-1">
        <Label htmlFor={`${id}-name`}>{LABELS.name}</Label>
        <Input
          id={`${id}-name`}
          value={name}
          autoComplete="off"
          {...faults.of("name", `${id}-name`)}
          onChange={(event) => setName(event.target.value)}
        />
        <FieldFault id={`${id}-name`} label={LABELS.name} fault={faults.faults.name} />
      </div>
      <div className="grid gap-1">
        <Label htmlFor={`${id}-value`}>{LABELS.value}</Label>
        <Input
          id={`${id}-value`}
          type="password"
          value={value}
          autoComplete="new-password"
          {...faults.of("value", `${id}-value`)}
          onChange={(event) => setValue(event.target.value)}
        />
        <FieldFault id={`${id}-value`} label={LABELS.value} fault={faults.faults.value} />
      </div>
      <div>
        <Button type="submit" variant="outline" pending={pending} disabled={name.trim() === "" || value === ""}>
          Set secret
        </Button>
      </div>
    </form>
  );
}

/** Asked about first: what it held is shown to nobody, and cannot be set again by whoever does not know it. */
export function DeleteSecretButton({ name }: { name: string }) {
  const { run, pending } = useAction(dropSecret, { onDone: () => toast.success(`The secret ${name} is deleted.`) });
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="ghost" size="sm" pending={pending} onClick={() => setAsking(true)}>
        Delete<span className="sr-only"> {name}</span>
      </Button>
      {asking && (
        <AskedQuestion
          title={`Delete the secret ${name}?`}
          effect={`Tools that declare ${name} do without it from their next call on. Its value is kept nowhere else: setting it again takes somebody who knows it.`}
          button="Delete it"
          onYes={() => run({ name })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
