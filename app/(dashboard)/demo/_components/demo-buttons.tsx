"use client";
import { FlaskConical, LogOut, RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { AskedQuestion } from "#app/_ui/asked-question.tsx";
import { Button } from "#app/_ui/button.tsx";
import { useAction } from "#app/_ui/use-action.ts";
import { leaveDemo, resetDemo, startDemo } from "../actions.ts";

export function StartDemoButton({ label = "Watch one tool get fixed" }: { label?: string }) {
  const router = useRouter();
  const { run, pending } = useAction(startDemo, { onDone: () => router.push("/demo") });
  return (
    <Button pending={pending} onClick={() => run(null)}>
      {!pending && <FlaskConical aria-hidden />}
      {label}
    </Button>
  );
}

export function LeaveDemoButton() {
  const router = useRouter();
  const { run, pending } = useAction(leaveDemo, { onDone: () => router.push("/") });
  return (
    <Button variant="outline" pending={pending} onClick={() => run(null)}>
      {!pending && <LogOut aria-hidden />}
      Leave demo
    </Button>
  );
}

/** @param othersName who began it, where that was somebody else: it is theirs as well, so it is asked first */
export function ResetDemoButton({ othersName }: { othersName: string | null }) {
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  const { run, pending } = useAction(resetDemo, { onDone: () => router.push("/") });
  return (
    <>
      <Button variant="outline" pending={pending} onClick={() => (othersName === null ? run(null) : setAsking(true))}>
        {!pending && <RotateCcw aria-hidden />}
        Reset demo{othersName !== null && "…"}
      </Button>
      {asking && (
        <AskedQuestion
          title={`Reset the demo that ${othersName} began?`}
          effect="The demo is one for everybody: its workspace goes, with all that was done in it, also for those who follow it now."
          button="Reset it"
          onYes={() => run(null)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
