"use client";
import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";

/** How long the stream may be cut before the page says so: a restart of the server stays below it. */
const STALE_MS = 4_000;
const RETRY_MS = 3_000;

type Heard = { kind: string; id: string; tool?: string };

const KINDS = ["execution", "tool", "opportunity", "proposal", "deployment", "job", "settings", "activity"] as const;

/**
 * Keeps a page current: refreshes it when the server says that something it shows has changed, and says when it cannot.
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
  const [cut, setCut] = useState(false);
  const wanted = kinds?.join(" ");
  const source = useRef<EventSource>(null);
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
          if (mayRefresh(source.current)) router.refresh();
        },
        Math.max(60, 400 - (Date.now() - last)),
      );
    }
    let silence: ReturnType<typeof setTimeout> | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const hear = ({ data }: MessageEvent<string>): void => {
      const event = JSON.parse(data) as Heard;
      if (tool === undefined || event.tool === undefined || event.tool === tool) refresh();
    };
    function listen(): void {
      const stream = new EventSource(
        readAt.current === undefined ? "/api/v1/events" : `/api/v1/events?since=${readAt.current}`,
      );
      source.current = stream;
      for (const kind of KINDS)
        if (wanted === undefined || wanted.split(" ").includes(kind)) stream.addEventListener(kind, hear);
      // What changed between the reading of the page and now, or while the stream was cut, was not heard.
      stream.addEventListener("ready", ({ data }: MessageEvent<string>) => {
        clearTimeout(silence);
        silence = undefined;
        setCut(false);
        if ((JSON.parse(data) as { missed: boolean }).missed) refresh();
      });
      stream.addEventListener("error", () => {
        // Only what lasts is worth a word. A stream that was refused, the browser does not open again by itself.
        silence ??= setTimeout(() => setCut(true), STALE_MS);
        if (stream.readyState === EventSource.CLOSED) retry = setTimeout(listen, RETRY_MS);
      });
    }
    listen();
    const onShow = (): void => {
      if (!document.hidden) refresh();
    };
    document.addEventListener("visibilitychange", onShow);
    return () => {
      source.current?.close();
      clearTimeout(retry);
      clearTimeout(timer);
      clearTimeout(silence);
      document.removeEventListener("visibilitychange", onShow);
    };
  }, [router, wanted, tool]);
  useEffect(() => {
    if (everySeconds === undefined) return;
    const timer = setInterval(() => {
      if (mayRefresh(source.current)) router.refresh();
    }, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [router, everySeconds]);
  if (!cut) return null;
  return (
    <p
      role="status"
      data-strip
      className="fixed inset-x-0 top-0 z-40 flex h-9 items-center justify-center gap-2 border-warning/40 border-b bg-warning-soft px-3 text-13 text-warning max-sm:text-xs"
    >
      <CloudOff className="size-4 shrink-0" aria-hidden />
      <span className="truncate">
        The server does not answer: this may be out of date.
        <span className="max-sm:hidden"> It is tried again by itself.</span>
      </span>
    </p>
  );
}

/** A refresh that gets no answer leaves the page for the browser's own words, and what was being written is lost. */
function mayRefresh(stream: EventSource | null): boolean {
  return !document.hidden && stream?.readyState === EventSource.OPEN;
}
