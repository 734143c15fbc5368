"use client";
import { ErrorState } from "./_ui/error-state.tsx";

export default function ErrorPage({ error }: { error: Error & { digest?: string } }) {
  return (
    <main>
      <ErrorState reference={error.digest} />
    </main>
  );
}
