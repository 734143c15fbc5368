"use client";
import { useId, useRef } from "react";
import { Button } from "#app/_ui/button.tsx";
import { FieldFault, useFieldFaults } from "#app/_ui/field-faults.tsx";
import { Input } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { toast } from "#app/_ui/toast.ts";
import { useFollowed } from "#app/_ui/use-followed.ts";
import { useSettingChange } from "../../_components/use-setting-change.tsx";
import { change } from "../actions.ts";

type Model = { baseUrl: string; name: string };

const LABELS = { "model.baseUrl": "Address of an OpenAI-compatible endpoint", "model.name": "Model" };

/** Which model writes fixes and what it is told; none means the template repairer. */
export function ModelForm({
  model,
  fromEnvironment,
  mayChange,
}: {
  model: Model | null;
  fromEnvironment: boolean;
  mayChange: boolean;
}) {
  const id = useId();
  const [baseUrl, setBaseUrl] = useFollowed(model?.baseUrl ?? "");
  const [name, setName] = useFollowed(model?.name ?? "");
  const faults = useFieldFaults(LABELS);
  /** What was in force when somebody began to type. */
  const seen = useRef<Model | null | undefined>(undefined);
  const { run, pending, question } = useSettingChange(change, {
    onDone: () => {
      seen.current = undefined;
      faults.set({});
      toast.success("Saved: the next fix is written that way.");
    },
    onRefused: faults.take,
    onTheirs: () => {
      seen.current = undefined;
      setBaseUrl(model?.baseUrl ?? "");
      setName(model?.name ?? "");
    },
  });
  const seenNow = (): { model: Model | null } => ({ model: seen.current === undefined ? model : seen.current });
  function type(set: (text: string) => void, text: string): void {
    if (seen.current === undefined) seen.current = model;
    set(text);
  }
  const same = model !== null && baseUrl.trim() === model.baseUrl && name.trim() === model.name;
  return (
    <div className="grid gap-3 text-13">
      {question}
      <p className="[overflow-wrap:anywhere]">
        {model === null
          ? "The built-in template repairer: no model is asked, nothing leaves this machine."
          : `The model ${model.name}. For each fix that is asked for, ${hostOf(model.baseUrl)} is sent the tool's source, the failing inputs and errors with what they did outside, some good calls, and earlier comments; values that schemas mark x-sensitive are masked. Nothing else is sent anywhere.`}
      </p>
      {fromEnvironment ? (
        <p className="text-muted-foreground">
          From <code className="font-mono text-xs">OPENAI_BASE_URL</code> and{" "}
          <code className="font-mono text-xs">WHETSTONE_MODEL</code>, which stand above what could be set here.
        </p>
      ) : (
        mayChange && (
          <form
            className="grid gap-3 sm:grid-cols-2"
            onSubmit={(event) => {
              event.preventDefault();
              run({ model: { baseUrl: baseUrl.trim(), name: name.trim() }, seen: seenNow() });
            }}
          >
            <div className="grid content-start gap-1">
              <Label htmlFor={`${id}-url`}>{LABELS["model.baseUrl"]}</Label>
              <Input
                id={`${id}-url`}
                value={baseUrl}
                inputMode="url"
                placeholder="http://127.0.0.1:11434/v1"
                {...faults.of("model.baseUrl", `${id}-url`)}
                onChange={(event) => type(setBaseUrl, event.target.value)}
              />
              <FieldFault id={`${id}-url`} label={LABELS["model.baseUrl"]} fault={faults.faults["model.baseUrl"]} />
            </div>
            <div className="grid content-start gap-1">
              <Label htmlFor={`${id}-name`}>{LABELS["model.name"]}</Label>
              <Input
                id={`${id}-name`}
                value={name}
                maxLength={200}
                {...faults.of("model.name", `${id}-name`)}
                onChange={(event) => type(setName, event.target.value)}
              />
              <FieldFault id={`${id}-name`} label={LABELS["model.name"]} fault={faults.faults["model.name"]} />
            </div>
            <div className="flex flex-wrap items-center gap-2 sm:col-span-2">
              <Button
                type="submit"
                variant="outline"
                pending={pending}
                disabled={same || baseUrl.trim() === "" || name.trim() === ""}
              >
                Ask this model
              </Button>
              {model !== null && (
                <Button
                  variant="outline"
                  disabled={pending}
                  onClick={() => {
                    setBaseUrl("");
                    setName("");
                    run({ model: null, seen: { model } });
                  }}
                >
                  Use the templates again
                </Button>
              )}
              <span className="text-muted-foreground">
                Its key is the variable <code className="font-mono text-xs">OPENAI_API_KEY</code>.
              </span>
            </div>
          </form>
        )
      )}
    </div>
  );
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
