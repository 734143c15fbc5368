"use client";
import { useRouter } from "next/navigation";
import { useShortcut } from "#app/_ui/keyboard.tsx";

/** j and k go through the waiting proposals. */
export function PlaceKeys({ previous, next }: { previous: string | null; next: string | null }) {
  const router = useRouter();
  useShortcut({
    keys: "j",
    label: "Next waiting proposal",
    group: "Review",
    enabled: next !== null,
    inPalette: true,
    run: () => router.push(`/proposals/${next}`),
  });
  useShortcut({
    keys: "k",
    label: "Previous waiting proposal",
    group: "Review",
    enabled: previous !== null,
    run: () => router.push(`/proposals/${previous}`),
  });
  return null;
}
