"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";

/**
 * The first start stays on the page until the first call was seen: when one comes while somebody waits here, its page
 * opens, where the dot is green and the call lies open.
 */
export function FollowFirstCall({
  waiting,
  readAt,
  start,
  children,
}: {
  waiting: boolean;
  /** By the server's clock. */
  readAt: number;
  start: ReactNode;
  children: ReactNode;
}) {
  const router = useRouter();
  // Since when somebody waits; kept from the first reading.
  const [since] = useState(waiting ? readAt : null);
  const [kept] = useState(start);
  const came = since !== null && !waiting;
  useEffect(() => {
    if (came) router.replace(`/connect?since=${since}`);
  }, [came, since, router]);
  if (waiting) return start;
  return came ? kept : children;
}
