"use client";
import { Wand2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "#app/_ui/button.tsx";
import { fieldClasses } from "#app/_ui/input.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import type { Attribution } from "#lib/core/words.ts";
import { generate } from "../../actions.ts";

/** Asks for a fix and goes to its page; where the tool is not at fault it takes a second click, and says why. */
export function GenerateFix({
  id,
  attribution,
  model,
}: {
  id: string;
  attribution: Attribution;
  model: string | null;
}) {
  const router = useRouter();
  const [generator, setGenerator] = useState<"" | "model" | "templates">("");
  const [sure, setSure] = useState(attribution === "tool" || attribution === "unknown");
  const { run, pending } = useAction(generate, { onDone: (proposal) => router.push(`/proposals/${proposal.id}`) });
  if (!sure)
    return (
      <Button variant="outline" onClick={() => setSure(true)}>
        The {attribution} is at fault: fix the tool anyway…
      </Button>
    );
  return (
    <div className="flex items-center gap-2">
      <select
        aria-label="Generator"
        className={`${fieldClasses} h-8 px-2`}
        value={generator}
        onChange={(event) => setGenerator(event.target.value as typeof generator)}
      >
        <option value="">Automatic</option>
        <option value="templates">Templates</option>
        <option value="model" disabled={model === null}>
          {model === null ? "Model (none configured)" : model}
        </option>
      </select>
      <Button
        pending={pending}
        onClick={() =>
          run({
            id,
            ...(generator === "" ? {} : { generator }),
            ...(attribution === "caller" || attribution === "upstream" ? { force: true } : {}),
          })
        }
      >
        {!pending && <Wand2 aria-hidden />}
        Generate fix
      </Button>
    </div>
  );
}
