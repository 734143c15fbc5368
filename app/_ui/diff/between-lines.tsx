"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { hush } from "../keys.ts";
import { bringIntoPage, scrollFor } from "./into-page.ts";
import type { editor } from "./monaco.ts";

/**
 * Something of the page below a line of an editor: the lines after it move down by its height.
 * A view zone makes the room; what is seen lies in an overlay above it, because zones do not take clicks.
 */
export function BetweenLines({
  name,
  side,
  line,
  children,
}: {
  /** What it is called among those of its side. */
  name: string;
  side: editor.ICodeEditor;
  line: number;
  children: ReactNode;
}) {
  const [host, setHost] = useState<HTMLElement | null>(null);
  const at = useRef(line);
  const move = useRef<() => void>(() => {});
  useEffect(() => {
    if (at.current === line) return;
    at.current = line;
    move.current();
  }, [line]);
  useEffect(() => {
    const overlay = document.createElement("div");
    overlay.style.cssText = "position:absolute;top:-10000px;z-index:5";
    // Keys and clicks in it are the page's, not the editor's.
    overlay.dataset.typing = "";
    for (const kind of ["keydown", "keyup", "keypress", "pointerdown", "mousedown"])
      overlay.addEventListener(kind, (event) => event.stopPropagation());
    // The page's own keys that carry a modifier act here as in any other text: the editor would take them for its own.
    overlay.addEventListener("keydown", (event) => {
      if (!(event.metaKey || event.ctrlKey) || event.key === "Enter" || event.defaultPrevented) return;
      if (!document.dispatchEvent(new KeyboardEvent("keydown", { ...modifiersOf(event), cancelable: true })))
        event.preventDefault();
    });
    const room: editor.IViewZone = {
      afterLineNumber: at.current,
      heightInPx: 40,
      // A fold that begins with the next line would swallow it: it stands at the fold's edge instead.
      showInHiddenAreas: true,
      domNode: document.createElement("div"),
      onDomNodeTop: (top) => {
        overlay.style.top = `${top}px`;
      },
    };
    let zone: string | null = null;
    const place = (): void => {
      const { contentLeft, contentWidth, verticalScrollbarWidth } = side.getLayoutInfo();
      overlay.style.left = `${contentLeft}px`;
      overlay.style.width = `${contentWidth - verticalScrollbarWidth}px`;
    };
    const widget: editor.IOverlayWidget = {
      getId: () => `whetstone.between.${name}`,
      getDomNode: () => overlay,
      getPosition: () => null,
    };
    const measure = new ResizeObserver(() => {
      if (zone === null || overlay.offsetHeight === 0 || overlay.offsetHeight === room.heightInPx) return;
      room.heightInPx = overlay.offsetHeight;
      side.changeViewZones((zones) => zone !== null && zones.layoutZone(zone));
      bring();
    });
    /** What is written in; the editor takes it out of the page with its text, and with that the cursor. */
    let writing: HTMLElement | null = null;
    let frame = 0;
    /** Nothing is written unseen: with the next frame, when its place is known, the form is scrolled to. */
    const bring = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        if (zone === null || !(writing instanceof HTMLTextAreaElement)) return;
        bringIntoEditor(side, overlay, writing.form ?? writing, at.current);
        bringIntoPage(writing.form ?? writing);
      });
    };
    overlay.addEventListener("focusin", ({ target }) => {
      writing = target instanceof HTMLElement ? target : null;
      bring();
    });
    overlay.addEventListener("focusout", () =>
      queueMicrotask(() => {
        if (overlay.isConnected) writing = null;
      }),
    );
    const makeRoom = (): void => {
      room.afterLineNumber = at.current;
      side.changeViewZones((zones) => {
        if (zone !== null) zones.removeZone(zone);
        zone = zones.addZone(room);
      });
    };
    const show = (): void => {
      if (side.getModel() === null) return;
      side.addOverlayWidget(widget);
      makeRoom();
      place();
      measure.observe(overlay);
      writing?.focus({ preventScroll: true });
    };
    const hide = (): void => {
      // What is typed until it is back is no command.
      if (writing !== null) hush(performance.now());
      measure.disconnect();
      side.removeOverlayWidget(widget);
      side.changeViewZones((zones) => zone !== null && zones.removeZone(zone));
      zone = null;
    };
    move.current = () => {
      if (zone !== null) makeRoom();
    };
    show();
    setHost(overlay);
    const layouts = side.onDidLayoutChange(place);
    // Another text is another set of zones.
    const models = side.onDidChangeModel(() => {
      hide();
      show();
    });
    return () => {
      cancelAnimationFrame(frame);
      layouts.dispose();
      models.dispose();
      hide();
    };
  }, [name, side]);
  return host === null ? null : createPortal(children, host);
}

/** Scrolls an editor by as little as shows a part of what lies over it below a line. */
function bringIntoEditor(side: editor.ICodeEditor, overlay: HTMLElement, part: HTMLElement, line: number): void {
  side.render();
  // What is far from the lines in view has no place.
  if (Number.parseFloat(overlay.style.top) < -OUT_OF_VIEW) {
    side.revealLineInCenter(Math.max(1, line), IMMEDIATE);
    side.render();
  }
  const view = side.getContainerDomNode().getBoundingClientRect();
  const { top, bottom } = part.getBoundingClientRect();
  const by = scrollFor({ top, bottom }, view);
  if (by === 0) return;
  side.setScrollTop(side.getScrollTop() + by, IMMEDIATE);
  side.render();
}

/** The editor puts what is not in view a million pixels up. */
const OUT_OF_VIEW = 100_000;
const IMMEDIATE: editor.ScrollType.Immediate = 1;

const modifiersOf = ({ key, code, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): KeyboardEventInit => ({
  key,
  code,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
});
