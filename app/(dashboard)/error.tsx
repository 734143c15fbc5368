"use client";
import { ErrorState } from "#app/_ui/error-state.tsx";

export default function DashboardError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <ErrorState
      message="The server could not build it. If the server was just started, wait a moment; otherwise its log has the reason."
      reference={error.digest}
      retry={reset}
    />
  );
}
