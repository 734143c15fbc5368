"use client";
import { ErrorState } from "./_ui/error-state.tsx";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main>
      <ErrorState
        message="The server could not build this page. If it was just started, wait a moment; otherwise its log has the reason."
        reference={error.digest}
        retry={reset}
      />
    </main>
  );
}
