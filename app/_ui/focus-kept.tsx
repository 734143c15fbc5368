"use client";
import { type RefObject, useLayoutEffect, useRef, useState } from "react";

type CloseEvent = { readonly defaultPrevented: boolean; preventDefault(): void };

/**
 * Focus goes back to where it was when a dialog opened. Radix knows of its triggers alone: what a handler or a key opens has
 * none, and focus would fall to the top of the page. `kept` stands inside the dialog, `onClose` is its `onCloseAutoFocus`.
 */
export function useFocusKept<Event extends CloseEvent>(
  onCloseAutoFocus: ((event: Event) => void) | undefined,
): { kept: React.ReactNode; onClose: (event: Event) => void } {
  const before = useRef<Element | null>(null);
  function onClose(event: Event): void {
    onCloseAutoFocus?.(event);
    const { current } = before;
    if (event.defaultPrevented || !(current instanceof HTMLElement) || !current.isConnected) return;
    event.preventDefault();
    current.focus();
  }
  return { kept: <FocusKept before={before} />, onClose };
}

/** Looks as soon as the dialog is made: before it takes the focus itself. */
function FocusKept({ before }: { before: RefObject<Element | null> }) {
  useState(() => {
    before.current = document.activeElement;
  });
  return null;
}

/** Where a part goes away with the focus in it, what it stood in takes the focus, which would fall to the top of the page. */
export function useFocusLeft(part: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = part.current;
    const around = element?.parentElement?.closest<HTMLElement>("[tabindex]");
    return () => {
      if (element?.contains(document.activeElement)) around?.focus();
    };
  }, [part]);
}
