import { FlaskConical } from "lucide-react";
import { Link } from "#app/_ui/link.tsx";

/** Says on every page of the demo workspace that nothing here touches the installation's own tools. */
export function DemoBanner() {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-info-soft px-4 py-1.5 text-13 text-info lg:px-6">
      <FlaskConical className="size-4 shrink-0" aria-hidden />
      <span>
        <strong className="font-medium">Demo workspace.</strong> A copy of the tools in real mode; your own tools are
        untouched.
      </span>
      <Link href="/demo" className="ml-auto font-medium underline underline-offset-4">
        Steps, leave or reset
      </Link>
    </div>
  );
}
