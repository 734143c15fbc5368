/** Reads, inside a page, the moments that a person waits for. */
import type { Page } from "@playwright/test";

export type Seen = {
  /** When the first case stood in the list, and when the changed lines were drawn as such; 0 where they are not on the page. */
  readonly evidence: number;
  readonly diff: number;
  readonly lcp: number;
  readonly cls: number;
  readonly inp: number;
};

/**
 * What streams in stands in the page before it is shown. A diff stands when the editor has marked what changed, not when it
 * shows the texts: the peer's is read in the same way.
 */
export const WATCH = `
  window.__seen = { evidence: 0, diff: 0, lcp: 0, cls: 0, inp: 0 };
  const look = () => {
    const seen = window.__seen;
    if (!seen.evidence && document.querySelector('[aria-label="List of cases"] li')?.checkVisibility()) seen.evidence = performance.now();
    if (!seen.diff && document.querySelector('.editor.modified .view-line span span') && document.querySelector('.editor.modified .line-insert, .editor.modified .char-insert'))
      seen.diff = performance.now();
    if (!seen.evidence || !seen.diff) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.__seen.lcp = entry.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__seen.cls += entry.value; }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (entry.interactionId) window.__seen.inp = Math.max(window.__seen.inp, entry.duration); }).observe({ type: 'event', buffered: true, durationThreshold: 16 });
`;

export const seenOn = (page: Page): Promise<Seen> => page.evaluate("window.__seen");

/** Waits until the changed lines of a diff are drawn. */
export async function untilDiff(page: Page): Promise<Seen> {
  await page.waitForFunction("window.__seen.diff > 0", undefined, { timeout: 60_000 });
  return seenOn(page);
}

/** Kilobytes that a page brought over the wire to stand there: all of them, and of script alone. What is fetched at rest is none of them. */
export function kilobytes(page: Page): Promise<{ all: number; script: number }> {
  return page.evaluate(() => {
    const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const loaded = document?.loadEventStart ?? Number.POSITIVE_INFINITY;
    const fetched = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const rest = fetched.filter(({ startTime }) => startTime < loaded);
    const sum = (entries: { encodedBodySize: number }[]): number =>
      entries.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0) / 1024;
    return {
      all: sum([...rest, ...(document === undefined ? [] : [document])]),
      script: sum(rest.filter(({ name }) => /\.js(\?|$)/.test(name))),
    };
  });
}

/** Milliseconds between two frames while a list scrolls, the middle one of a second's. */
export function scrollFrame(page: Page, label: string): Promise<number> {
  return page.getByRole("region", { name: label }).evaluate(
    (list) =>
      new Promise<number>((resolve) => {
        const frames: number[] = [];
        let last = performance.now();
        const began = last;
        const step = (): void => {
          const now = performance.now();
          frames.push(now - last);
          last = now;
          list.scrollTop = (list.scrollTop + 120) % Math.max(1, list.scrollHeight - list.clientHeight);
          if (now - began < 1_000) requestAnimationFrame(step);
          else resolve(frames.sort((a, b) => a - b)[frames.length >> 1] ?? 0);
        };
        requestAnimationFrame(step);
      }),
  );
}
