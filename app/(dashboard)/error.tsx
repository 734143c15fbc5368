"use client";
import { ErrorState } from "#app/_ui/error-state.tsx";

export default function DashboardError({ error }: { error: Error & { digest?: string } }) {
  return <ErrorState reference={error.digest} />;
}
