"use client";
import { BellRing, CircleCheck, Gavel } from "lucide-react";
import { Button } from "#app/_ui/button.tsx";
import { Link } from "#app/_ui/link.tsx";
import { toast } from "#app/_ui/toast.ts";
import { tellWhenSettled } from "../../../_components/tell-when-settled.tsx";
import { DECIDE, SHOW_LABEL } from "./signals.ts";

/** What one can do with a verdict that says too little: wait to be told, add what is missing, or decide all the same. */
export function SettleActions({
  id,
  tool,
  unconfirmed,
  mayApprove,
}: {
  id: string;
  tool: string;
  /** New values that nothing confirms yet. */
  unconfirmed: number;
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
      <Button size="sm" variant="outline" onClick={() => void tell()}>
        <BellRing aria-hidden />
        Tell me then
      </Button>
      {unconfirmed > 0 ? (
        <Button
          size="sm"
          variant="outline"
          onClick={() => window.dispatchEvent(new CustomEvent(SHOW_LABEL, { detail: "unconfirmed" }))}
        >
          <CircleCheck aria-hidden />
          {unconfirmed === 1 ? "Confirm the value" : `Confirm the ${unconfirmed} values`}
        </Button>
      ) : (
        <Button size="sm" variant="outline" asChild>
          <Link href={`/executions?tool=${tool}`}>
            <CircleCheck aria-hidden />
            Add a case
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
