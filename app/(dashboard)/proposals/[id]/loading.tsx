import { EditorFiles } from "#app/_ui/diff/editor-files.tsx";
import { Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <div role="status" className="flex flex-col gap-3">
      <span className="sr-only">Loading the review</span>
      <EditorFiles />
      <Skeleton className="h-9 w-full max-w-3xl" />
      <Skeleton className="h-36 w-full" />
      <div className="grid gap-3 lg:grid-cols-[1.65fr_1fr]">
        <Skeleton className="h-[32rem]" />
        <Skeleton className="h-[32rem]" />
      </div>
    </div>
  );
}
