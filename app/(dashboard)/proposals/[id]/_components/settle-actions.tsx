"use client";
import { BellRing, CircleCheck, Gavel, ListFilter } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Link } from "#app/_ui/link.tsx";
import { toast } from "#app/_ui/toast.ts";
import type { CasesToLookAt } from "#lib/queries/review-lines.ts";
import { tellWhenSettled } from "../../../_components/tell-when-settled.tsx";
import { DECIDE, SHOW_LABEL } from "./signals.ts";

/** What one can do with a verdict that says too little: wait to be told, add what is missing, or decide all the same. */
export function SettleActions({
  id,
  number,
  tool,
  look,
  waits,
  mayApprove,
}: {
  id: string;
  number: number;
  tool: string;
  /** The cases on this page that a word of the reviewer's would settle it by. */
  look: CasesToLookAt | null;
  /** Whether live calls turn the verdict by themselves: only then is there something to be told. */
  waits: boolean;
  mayApprove: boolean;
}) {
  async function tell(): Promise<void> {
    const aloud = await tellWhenSettled(id);
    toast.success(
      aloud
        ? "You are told when the verdict turns, while any page of Whetstone is open in this browser."
        : "The open page tells you when the verdict turns. Allow notifications, and you hear it from other windows too.",
    );
  }
  return (
    <p className="flex flex-wrap gap-1.5">
      {waits && (
        <Button size="sm" variant="outline" onClick={() => void tell()}>
          <BellRing aria-hidden />
          Tell me then
        </Button>
      )}
      {look !== null ? (
        <Button
          size="sm"
          variant="outline"
          onClick={() => window.dispatchEvent(new CustomEvent(SHOW_LABEL, { detail: look.label }))}
        >
          <ListFilter aria-hidden />
          {look.words}
        </Button>
      ) : (
        <Button size="sm" variant="outline" asChild>
          <Link href={`/executions?${new URLSearchParams({ tool, caseFor: String(number) })}`}>
            <CircleCheck aria-hidden />
            Make a call a test case
          </Link>
        </Button>
      )}
      {mayApprove && (
        <Button size="sm" variant="ghost" onClick={() => window.dispatchEvent(new Event(DECIDE))}>
          <Gavel aria-hidden />
          Decide anyway…
        </Button>
      )}
    </p>
  );
}
