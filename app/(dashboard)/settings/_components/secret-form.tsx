"use client";
import { useId, useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useAction } from "#app/_ui/use-action.ts";
import { dropSecret, keepSecret } from "../actions.ts";

/** Sets a secret; what was typed is gone from the page afterwards. */
export function SecretForm() {
  const id = useId();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const { run, pending } = useAction(keepSecret, {
    onDone: (made) => {
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
        <Label htmlFor={`${id}-name`}>Name</Label>
        <Input id={`${id}-name`} value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </div>
      <div className="grid gap-1">
        <Label htmlFor={`${id}-value`}>Value</Label>
        <Input
          id={`${id}-value`}
          type="password"
          value={value}
          autoComplete="new-password"
          onChange={(event) => setValue(event.target.value)}
        />
      </div>
      <div>
        <Button type="submit" variant="outline" pending={pending} disabled={name.trim() === "" || value === ""}>
          Set secret
        </Button>
      </div>
    </form>
  );
}

export function DeleteSecretButton({ name }: { name: string }) {
  const { run, pending } = useAction(dropSecret, { onDone: () => toast.success(`The secret ${name} is deleted.`) });
  return (
    <Button variant="ghost" size="sm" pending={pending} onClick={() => run({ name })}>
      Delete<span className="sr-only"> {name}</span>
    </Button>
  );
}
