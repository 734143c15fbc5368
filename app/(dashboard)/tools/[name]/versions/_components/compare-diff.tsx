"use client";
import { ArrowLeftRight } from "lucide-react";
import { useRouter } from "next/navigation";
import { Button } from "#app/_ui/button.tsx";
import { DiffView } from "#app/_ui/diff/diff-view.tsx";
import type { LineChange } from "#app/_ui/diff/line-changes.ts";
import type { VersionSource } from "#lib/queries/versions-page.ts";

export function CompareDiff({
  tool,
  from,
  to,
  changes,
}: {
  tool: string;
  from: VersionSource;
  to: VersionSource;
  changes: readonly LineChange[];
}) {
  const router = useRouter();
  return (
    <DiffView
      original={from.source}
      modified={to.source}
      changes={changes}
      originalLabel={`v${from.number}`}
      modifiedLabel={`v${to.number}`}
      className="max-xl:order-first h-[clamp(24rem,calc(100dvh-9.5rem),64rem)] xl:sticky xl:top-5"
      actions={
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Swap the sides"
          title="Swap the sides"
          onClick={() => router.push(`/tools/${tool}/versions?from=${to.number}&to=${from.number}`, { scroll: false })}
        >
          <ArrowLeftRight aria-hidden />
        </Button>
      }
    />
  );
}
