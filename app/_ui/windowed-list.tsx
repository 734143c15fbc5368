"use client";
import {
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

export type WindowedListHandle = {
  /** Scrolls an item to the top. */
  show(index: number): void;
};

/** Items drawn above and below what is seen, so that neither a quick scroll nor the Tab key runs into nothing. */
const AROUND = 12;
/** Items drawn before the height of the place is known, on the server too. */
const FIRST = 25;
const ROW_PX = 37;

/** A list that scrolls and draws only what is near: ten thousand items cost as much as fifty. Items may open and grow. */
export function WindowedList<Item>({
  items,
  keyOf,
  render,
  label,
  className,
  listClassName,
  handle,
}: {
  items: readonly Item[];
  keyOf: (item: Item) => number;
  render: (item: Item) => ReactNode;
  label: string;
  className?: string;
  listClassName?: string;
  handle?: Ref<WindowedListHandle>;
}) {
  const place = useRef<HTMLElement>(null);
  const heights = useRef(new Map<number, number>());
  const [measured, setMeasured] = useState(0);
  const [seen, setSeen] = useState({ top: 0, height: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `measured` stands for the heights
  const tops = useMemo(() => {
    const all = new Float64Array(items.length + 1);
    for (const [index, item] of items.entries())
      all[index + 1] = (all[index] ?? 0) + (heights.current.get(keyOf(item)) ?? ROW_PX);
    return all;
  }, [items, measured]);
  const from = seen.height === 0 ? 0 : Math.max(0, indexAt(tops, seen.top) - AROUND);
  const to = Math.min(items.length, seen.height === 0 ? FIRST : indexAt(tops, seen.top + seen.height) + 1 + AROUND);

  const [observer] = useState(() =>
    typeof ResizeObserver === "undefined"
      ? null
      : new ResizeObserver((entries) => {
          let changed = false;
          for (const { target } of entries) {
            const key = Number((target as HTMLElement).dataset.key);
            const height = (target as HTMLElement).offsetHeight;
            if (height === 0 || (heights.current.get(key) ?? ROW_PX) === height) continue;
            heights.current.set(key, height);
            changed = true;
          }
          if (changed) setMeasured((count) => count + 1);
        }),
  );
  useEffect(() => () => observer?.disconnect(), [observer]);
  useLayoutEffect(() => {
    const element = place.current;
    if (element === null) return;
    const look = (): void => {
      const { scrollTop, clientHeight } = element;
      // Whole rows: a scroll within one draws nothing anew.
      const top = Math.floor(scrollTop / ROW_PX) * ROW_PX;
      setSeen((before) =>
        before.top === top && before.height === clientHeight ? before : { top, height: clientHeight },
      );
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    return () => {
      element.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, []);
  useImperativeHandle(handle, () => ({
    show: (index) => place.current?.scrollTo({ top: tops[index] ?? 0 }),
  }));

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section ref={place} className={className} tabIndex={0} aria-label={label}>
      <ul
        className={listClassName}
        style={{ paddingTop: tops[from], paddingBottom: (tops[items.length] ?? 0) - (tops[to] ?? 0) }}
      >
        {items.slice(from, to).map((item, index) => {
          const key = keyOf(item);
          return (
            <li
              key={key}
              data-key={key}
              aria-setsize={items.length}
              aria-posinset={from + index + 1}
              ref={(element) => {
                if (element === null) return;
                observer?.observe(element);
                return () => observer?.unobserve(element);
              }}
            >
              {render(item)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The item that lies at a height: the last whose top is not below it. */
function indexAt(tops: Float64Array, height: number): number {
  let [low, high] = [0, Math.max(0, tops.length - 2)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= height) low = middle;
    else high = middle - 1;
  }
  return low;
}
