"use client";
import { useRouter } from "next/navigation";
import { useEffect, useSyncExternalStore } from "react";
import { toast } from "#app/_ui/toast.ts";
import { verdictOf } from "./verdict-action.ts";

const KEY = "whetstone.tell-when-settled";
const CHANGED = "whetstone:tell-when-settled";

function remembered(): string[] {
  return (localStorage.getItem(KEY) ?? "").split(" ").filter(Boolean);
}

function remember(ids: readonly string[]): void {
  localStorage.setItem(KEY, ids.join(" "));
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * Has this browser tell when a proposal's verdict is no longer inconclusive.
 * @returns whether it may tell outside the page too
 */
export async function tellWhenSettled(id: string): Promise<boolean> {
  remember([...new Set([...remembered(), id])]);
  if (!("Notification" in window)) return false;
  return (await Notification.requestPermission()) === "granted";
}

function subscribe(listener: () => void): () => void {
  window.addEventListener(CHANGED, listener);
  window.addEventListener("storage", listener);
  return () => {
    window.removeEventListener(CHANGED, listener);
    window.removeEventListener("storage", listener);
  };
}

/** Listens on every page for the proposals that somebody wants to be told of; opens no stream where there are none. */
export function TellWhenSettled() {
  const router = useRouter();
  const waiting = useSyncExternalStore(
    subscribe,
    () => localStorage.getItem(KEY) ?? "",
    () => "",
  );
  useEffect(() => {
    if (waiting === "") return;
    async function look(id: string): Promise<void> {
      const result = await verdictOf({ id });
      if (!result.ok) return;
      const { number, tool, verdict, headline, settled } = result.value;
      // Of several looks at once, the first one tells.
      if (!settled || !remembered().includes(id)) return;
      remember(remembered().filter((one) => one !== id));
      const title = `Proposal ${number} of ${tool}: ${verdict ?? "decided"}`;
      toast.info(title, {
        description: headline,
        duration: 30_000,
        action: { label: "Open", onClick: () => router.push(`/proposals/${id}`) },
      });
      if ("Notification" in window && Notification.permission === "granted")
        new Notification(title, { body: headline, tag: id });
    }
    const ids = waiting.split(" ");
    for (const id of ids) void look(id);
    const source = new EventSource("/api/v1/events");
    source.addEventListener("proposal", ({ data }: MessageEvent<string>) => {
      const { id } = JSON.parse(data) as { id: string };
      if (ids.includes(id)) void look(id);
    });
    return () => source.close();
  }, [waiting, router]);
  return null;
}
