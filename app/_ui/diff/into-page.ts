type Span = { readonly top: number; readonly bottom: number };

/** What stays at the page's edges over everything: the decision bar, with some room to spare. */
const BAR = 110;
const ABOVE = 64;

/** How far to scroll for a span to be in view, by as little as that takes; its beginning counts where it is too tall. */
export function scrollFor(span: Span, view: Span): number {
  const down = Math.min(span.bottom - view.bottom, span.top - view.top);
  return span.top < view.top ? span.top - view.top : Math.max(0, down);
}

/** Scrolls the page until something is in view and not behind the bar at its foot. */
export function bringIntoPage(part: HTMLElement, span: Span = part.getBoundingClientRect()): void {
  const scroller = scrollerOf(part);
  const { top, bottom } =
    scroller === document.documentElement ? { top: 0, bottom: window.innerHeight } : scroller.getBoundingClientRect();
  const view = { top: top + ABOVE, bottom: Math.min(bottom, window.innerHeight) - BAR };
  const by = scrollFor(span, view);
  if (by !== 0) scroller.scrollBy({ top: by, behavior: "instant" });
}

/** The nearest that a person can scroll: what merely clips, such as the editor, is not. */
function scrollerOf(part: HTMLElement): Element {
  for (let one = part.parentElement; one !== null && one !== document.body; one = one.parentElement)
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  return document.documentElement;
}
