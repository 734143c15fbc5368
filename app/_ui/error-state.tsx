"use client";
import { RotateCcw, TriangleAlert } from "lucide-react";
import { Button } from "./button.tsx";

/** Something failed: what, and what to do next. */
export function ErrorState({
  title = "This page could not be shown",
  message,
  reference,
  retry,
}: {
  title?: string;
  message: string;
  /** Finds the error in the server's log. */
  reference?: string | undefined;
  retry?: () => void;
}) {
  return (
    <div role="alert" className="mx-auto flex max-w-lg flex-col items-center gap-3 px-6 py-16 text-center">
      <span className="grid size-10 place-content-center rounded-lg bg-danger-soft text-danger">
        <TriangleAlert className="size-5" aria-hidden />
      </span>
      <h1 className="font-semibold text-base">{title}</h1>
      <p className="text-muted-foreground text-sm">{message}</p>
      {reference !== undefined && (
        <p className="text-muted-foreground text-xs">
          In the server's log: <code className="font-mono">{reference}</code>
        </p>
      )}
      {retry !== undefined && (
        <Button variant="outline" onClick={retry}>
          <RotateCcw aria-hidden />
          Try again
        </Button>
      )}
    </div>
  );
}
