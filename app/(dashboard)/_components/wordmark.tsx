import { Link } from "#app/_ui/link.tsx";

/** A blade on a stone. */
export function Wordmark() {
  return (
    <Link href="/" className="flex items-center gap-2 rounded-md font-semibold text-[15px] tracking-tight">
      <svg viewBox="0 0 24 24" className="size-6 shrink-0" aria-hidden="true">
        <rect x="2" y="15" width="20" height="5.5" rx="1.6" className="fill-muted-foreground/45" />
        <path d="M3.2 13.2 17.4 3.4c1.3-.9 3 .5 2.3 1.9l-2.2 4.6a6 6 0 0 1-5.4 3.4z" className="fill-primary" />
      </svg>
      Whetstone
    </Link>
  );
}
