"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";

type Heard = { kind: string; id: string; tool?: string };

const KINDS = ["execution", "tool", "opportunity", "proposal", "deployment", "job", "settings", "activity"] as const;

/**
 * Keeps a page current: refreshes it when the server says that something it shows has changed.
 * @param kinds which kinds of events matter; all when left out
 * @param tool only events of this tool, or of none
 * @param everySeconds also refresh at this interval, for as long as it is given
 */
export function LiveRefresh({
  kinds,
  tool,
  everySeconds,
  since,
}: {
  kinds?: readonly (typeof KINDS)[number][];
  tool?: string;
  everySeconds?: number;
  /** When the page was read, by the server's clock: what happened between then and the first event is not lost. */
  since?: number;
}) {
  const router = useRouter();
  const wanted = kinds?.join(" ");
  // Kept from the first reading: a later one must not open the stream anew.
  const readAt = useRef(since);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    // At most one refresh in 400 ms, and always one after the last event.
    function refresh(): void {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          last = Date.now();
          if (!document.hidden) router.refresh();
        },
        Math.max(60, 400 - (Date.now() - last)),
      );
    }
    const source = new EventSource(
      readAt.current === undefined ? "/api/v1/events" : `/api/v1/events?since=${readAt.current}`,
    );
    const hear = ({ data }: MessageEvent<string>): void => {
      const event = JSON.parse(data) as Heard;
      if (tool === undefined || event.tool === undefined || event.tool === tool) refresh();
    };
    for (const kind of KINDS)
      if (wanted === undefined || wanted.split(" ").includes(kind)) source.addEventListener(kind, hear);
    // What changed between the reading of the page and now, or while the stream was cut, was not heard.
    source.addEventListener("ready", ({ data }: MessageEvent<string>) => {
      if ((JSON.parse(data) as { missed: boolean }).missed) refresh();
    });
    const onShow = (): void => {
      if (!document.hidden) refresh();
    };
    document.addEventListener("visibilitychange", onShow);
    return () => {
      source.close();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onShow);
    };
  }, [router, wanted, tool]);
  useEffect(() => {
    if (everySeconds === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) router.refresh();
    }, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [router, everySeconds]);
  return null;
}
