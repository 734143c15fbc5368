"use client";
import { useRouter } from "next/navigation";
import { Button } from "#app/_ui/button.tsx";
import { useShortcut } from "#app/_ui/keyboard.tsx";
import { Link } from "#app/_ui/link.tsx";

/** Below a list that is longer than its page: on to older rows, and back to the newest. */
export function Paging({ newest, older }: { newest: string | null; older: string | null }) {
  const router = useRouter();
  useShortcut({
    keys: "]",
    label: "Older",
    group: "List",
    enabled: older !== null,
    run: () => older !== null && router.push(older),
  });
  useShortcut({
    keys: "[",
    label: "Newest",
    group: "List",
    enabled: newest !== null,
    run: () => newest !== null && router.push(newest),
  });
  if (newest === null && older === null) return null;
  return (
    <nav aria-label="Pages" className="mt-3 flex justify-center gap-2">
      {newest !== null && (
        <Button asChild variant="outline">
          <Link href={newest}>Newest</Link>
        </Button>
      )}
      {older !== null && (
        <Button asChild variant="outline">
          <Link href={older}>Older</Link>
        </Button>
      )}
    </nav>
  );
}
