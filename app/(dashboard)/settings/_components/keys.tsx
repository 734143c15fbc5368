"use client";
import { useId, useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Checkbox } from "#app/_ui/checkbox.tsx";
import { FieldFault, useFieldFaults } from "#app/_ui/field-faults.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { SCOPE_WORDS } from "#app/_ui/not-allowed.tsx";
import { Brought, onDemand } from "#app/_ui/on-demand.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import type { Scope } from "#lib/core/words.ts";
import { makeKey, takeBackKey } from "../actions.ts";

const newSecret = onDemand(() => import("./new-secret.tsx"));

const LABELS = { name: "New key for", scopes: "It may" };

/** Makes a key; its secret is shown this one time. */
export function KeyForm() {
  const id = useId();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["read", "call"]);
  const [secret, setSecret] = useState<string | null>(null);
  const faults = useFieldFaults(LABELS);
  const { run, pending } = useAction(makeKey, {
    onRefused: faults.take,
    onDone: (made) => {
      faults.set({});
      setSecret(made.secret);
      setName("");
    },
  });
  return (
    <form
      className="grid gap-3 text-13"
      onSubmit={(event) => {
        event.preventDefault();
        run({ name, scopes });
      }}
    >
      <div className="grid max-w-sm gap-1">
        <Label htmlFor={`${id}-name`}>{LABELS.name}</Label>
        <Input
          id={`${id}-name`}
          value={name}
          placeholder="an agent or a person"
          {...faults.of("name", `${id}-name`)}
          onChange={(event) => setName(event.target.value)}
        />
        <FieldFault id={`${id}-name`} label={LABELS.name} fault={faults.faults.name} />
      </div>
      <fieldset className="flex flex-wrap gap-x-5 gap-y-2">
        <legend className="mb-1 font-medium">{LABELS.scopes}</legend>
        {(Object.keys(SCOPE_WORDS) as Scope[]).map((scope) => (
          <div key={scope} className="flex items-center gap-2">
            <Checkbox
              id={`${id}-${scope}`}
              checked={scopes.includes(scope)}
              onCheckedChange={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope))}
            />
            <Label htmlFor={`${id}-${scope}`} className="font-normal">
              {SCOPE_WORDS[scope]}
            </Label>
          </div>
        ))}
      </fieldset>
      <div>
        <Button type="submit" variant="outline" pending={pending} disabled={name.trim() === "" || scopes.length === 0}>
          Make key
        </Button>
      </div>
      {secret !== null && <Brought part={newSecret} secret={secret} />}
    </form>
  );
}

/** Asked about first: it cannot be taken back, and an agent that works is cut off by it. */
export function RevokeButton({ id, name }: { id: string; name: string }) {
  const { run, pending } = useAction(takeBackKey, { onDone: () => toast.success(`The key "${name}" is revoked.`) });
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="ghost" size="sm" pending={pending} onClick={() => setAsking(true)}>
        Revoke<span className="sr-only"> {name}</span>
      </Button>
      {asking && (
        <AskedQuestion
          title={`Revoke the key “${name}”?`}
          effect={`What uses “${name}” is cut off at once: its next call is refused, and whoever is signed in with it is signed out. This cannot be taken back; only a new key can be made.`}
          button="Revoke it"
          onYes={() => run({ id })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
