"use client";
import { DiffView } from "#app/_ui/diff/diff-view.tsx";

/** The proposed source beside the one that runs. A click on a line number begins a comment on that line. */
export function ReviewDiff(props: {
  original: string;
  modified: string;
  originalLabel: string;
  modifiedLabel: string;
}) {
  return (
    <DiffView
      {...props}
      className="h-[clamp(22rem,calc(100dvh-23rem),52rem)]"
      onLine={(line) => window.dispatchEvent(new CustomEvent("whetstone:comment-line", { detail: line }))}
    />
  );
}
