"use client";
import { FlaskConical, LogOut, RotateCcw } from "lucide-react";
import { useRouter } from "next/navigation";
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

export function ResetDemoButton() {
  const router = useRouter();
  const { run, pending } = useAction(resetDemo, { onDone: () => router.push("/") });
  return (
    <Button variant="outline" pending={pending} onClick={() => run(null)}>
      {!pending && <RotateCcw aria-hidden />}
      Reset demo
    </Button>
  );
}
