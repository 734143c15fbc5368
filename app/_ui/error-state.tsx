"use client";
import { RotateCcw, TriangleAlert } from "lucide-react";
import { Button } from "./button.tsx";

/** A page whose reading failed: what to do next, and what finds the error in the server's log. */
export function ErrorState({ reference }: { reference: string | undefined }) {
  return (
    <div role="alert" className="mx-auto flex max-w-lg flex-col items-center gap-3 px-6 py-16 text-center">
      <span className="grid size-10 place-content-center rounded-lg bg-danger-soft text-danger">
        <TriangleAlert className="size-5" aria-hidden />
      </span>
      <h1 className="font-semibold text-base">This page could not be shown</h1>
      <p className="text-balance text-muted-foreground text-sm">
        {reference === undefined
          ? "Something of it did not load, or broke in this browser. Try again once the server answers."
          : "The server could not read what belongs here: most often its database is out of reach for a moment. Try again; where that does not help, the server's log has the reason."}
      </p>
      {reference !== undefined && (
        <p className="text-muted-foreground text-xs">
          In the server's log: <code className="font-mono">{reference}</code>
        </p>
      )}
      {/* The whole page anew: what failed was read on the server, and drawing it again here would read nothing. */}
      <Button variant="outline" onClick={() => window.location.reload()}>
        <RotateCcw aria-hidden />
        Try again
      </Button>
    </div>
  );
}
