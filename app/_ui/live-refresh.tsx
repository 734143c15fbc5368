"use client";
import { CloudOff } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, useTransition } from "react";

/** How long the stream may be cut before the page says so: a restart of the server stays below it. */
const STALE_MS = 4_000;
const RETRY_MS = 3_000;

const SHORTEST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;

/** Of the readings of a page: whether one is under way, one more is asked for, and when the last began and ended. */
type Paces = { reading: boolean; wanted: boolean; began: number; ended: number };

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
  const [reading, start] = useTransition();
  const paces = useRef<Paces>({ reading: false, wanted: false, began: 0, ended: 0 });
  const refresh = useRef<() => void>(() => {});
  useEffect(() => {
    const now = paces.current;
    if (now.reading && !reading) now.ended = Date.now();
    now.reading = reading;
    if (!reading && now.wanted) refresh.current();
  }, [reading]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One reading at a time, with a pause as long as the last one took, and always one after the last event: a new one would
    // call off the one under way, and where much happens the page would never be read.
    refresh.current = () => {
      const now = paces.current;
      now.wanted = true;
      if (timer !== undefined || now.reading) return;
      const pause = Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, now.ended - now.began));
      timer = setTimeout(
        () => {
          timer = undefined;
          now.wanted = false;
          if (!mayRefresh(source.current)) return;
          now.began = Date.now();
          start(() => router.refresh());
        },
        Math.max(60, now.ended + pause - Date.now()),
      );
    };
    let silence: ReturnType<typeof setTimeout> | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const hear = ({ data }: MessageEvent<string>): void => {
      const event = JSON.parse(data) as Heard;
      if (tool === undefined || event.tool === undefined || event.tool === tool) refresh.current();
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
        if ((JSON.parse(data) as { missed: boolean }).missed) refresh.current();
      });
      stream.addEventListener("error", () => {
        // Only what lasts is worth a word. A stream that was refused, the browser does not open again by itself.
        silence ??= setTimeout(() => setCut(true), STALE_MS);
        if (stream.readyState !== EventSource.CLOSED) return;
        retry = setTimeout(listen, RETRY_MS);
        // Refused because it does not know who asks: reading the page leads to signing in.
        fetch("/api/v1/jobs?limit=1").then(
          ({ status }) => status === 401 && router.refresh(),
          () => {},
        );
      });
    }
    listen();
    const onShow = (): void => {
      if (!document.hidden) refresh.current();
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
    const timer = setInterval(() => refresh.current(), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
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
