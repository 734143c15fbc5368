import { CloudOff } from "lucide-react";

/** In the place of a part that the server did not send, so that the rest of the page stays. */
export function NotLoaded() {
  return (
    <p role="status" className="flex items-center gap-2 py-6 text-13 text-muted-foreground">
      <CloudOff className="size-4 shrink-0" aria-hidden />
      This part did not load. Load the page again once the server answers.
    </p>
  );
}
