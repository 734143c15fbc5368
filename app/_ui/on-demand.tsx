"use client";
import { type ComponentType, type ReactNode, useEffect, useState } from "react";
import { toast } from "./toast.ts";

/** A part of the frame that no first frame shows. */
export type Part<Props> = {
  bring(): Promise<ComponentType<Props>>;
  /** Null until it was brought. */
  brought(): ComponentType<Props> | null;
};

const parts: { bring(): Promise<unknown> }[] = [];
/** How long a busy page may put off what comes when it is at rest. */
const REST_MS = 2_000;

/** Names a part that is brought when the page is at rest, or when it is asked for sooner. */
export function onDemand<Props>(load: () => Promise<{ default: ComponentType<Props> }>): Part<Props> {
  let made: ComponentType<Props> | null = null;
  const part: Part<Props> = {
    async bring() {
      made ??= (await load()).default;
      return made;
    },
    brought: () => made,
  };
  parts.push(part);
  return part;
}

/**
 * Shows a part as soon as it is there. React's `lazy` would hold it back: 300 ms have to pass between a fallback and
 * what it stood for, so that a key would be answered a third of a second late.
 */
export function Brought<Props extends object>({ part, ...props }: { part: Part<Props> } & Props) {
  const [Made, setMade] = useState(() => part.brought());
  useEffect(() => {
    if (Made !== null) return;
    part.bring().then(
      (made) => setMade(() => made),
      () => toast.error("This part of the page did not arrive: is the server reachable? Load the page anew."),
    );
  }, [Made, part]);
  return Made === null ? null : <Made {...(props as unknown as Props)} />;
}

/** Brings what is on demand, and shows its children, once the page has loaded and has nothing else to do. */
export function AtRest({ children }: { children: ReactNode }) {
  const [resting, setResting] = useState(false);
  useEffect(() => {
    const rest = (): void => {
      setResting(true);
      // What does not come now is asked for again when it is needed.
      void Promise.allSettled(parts.map((part) => part.bring()));
    };
    // Not every browser tells when it is idle.
    const onLoad = (): void =>
      void ("requestIdleCallback" in window
        ? requestIdleCallback(rest, { timeout: REST_MS })
        : setTimeout(rest, REST_MS));
    if (document.readyState === "complete") onLoad();
    else window.addEventListener("load", onLoad, { once: true });
    return () => window.removeEventListener("load", onLoad);
  }, []);
  return resting ? children : null;
}
